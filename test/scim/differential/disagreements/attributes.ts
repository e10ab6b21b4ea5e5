import type { JsonObject } from '../../../../lambdas/scim/json.ts';
import { enterpriseUserSchema } from '../../../../lambdas/scim/schemas/enterprise-user.ts';
import { userSchema } from '../../../../lambdas/scim/schemas/user.ts';
import { ada, type Disagreement, withEmails } from './disagreement.ts';

const extended: JsonObject = { ...ada, [enterpriseUserSchema.id]: { department: 'eng', manager: { value: 'm1' } } };
const ABSENT = 'RFC 7643 2.5: an attribute without a value is absent, and so are its parts; that is no error';

/** How attributes are found. */
export const ATTRIBUTES: readonly Disagreement[] = [
  {
    what: 'an attribute that no schema has',
    filter: 'shoeSize ne "40"',
    resource: ada,
    ours: 'invalidFilter',
    theirs: true,
    why: '3.4.2.1 has it without a value where several types are searched, and nothing decides for one; misspelled, it must not match all',
  },
  {
    what: 'password',
    filter: 'password sw "a"',
    resource: { ...ada, password: 'abc' },
    ours: 'invalidFilter',
    theirs: true,
    why: 'RFC 7643 7: what is never returned MAY be searched; done, it could be guessed letter by letter',
  },
  {
    what: 'the prefix of the core schema',
    filter: `${userSchema.id}:userName eq "ada"`,
    resource: ada,
    ours: true,
    theirs: false,
    why: '3.10: an attribute may be named with the URN of its schema',
  },
  {
    what: 'an attribute of an extension, which SCIMMY looks up under its whole name',
    filter: `${enterpriseUserSchema.id}:department eq "eng"`,
    resource: extended,
    ours: true,
    theirs: false,
    why: 'RFC 7643 3.3: the attributes of an extension stand in an object named by its URN',
  },
  {
    what: 'a part of a complex attribute of an extension',
    filter: `${enterpriseUserSchema.id}:manager.value eq "m1"`,
    resource: extended,
    ours: true,
    theirs: 'throws',
    why: 'RFC 7643 3.3: the attributes of an extension stand in an object named by its URN',
  },
  {
    what: 'a part of a complex attribute that is absent',
    filter: 'name.familyName eq "x"',
    resource: ada,
    ours: false,
    theirs: 'throws',
    why: ABSENT,
  },
  {
    what: 'a part of a multi-valued one that is absent',
    filter: 'roles.value eq "x"',
    resource: ada,
    ours: false,
    theirs: 'throws',
    why: ABSENT,
  },
  { what: 'a value path of one that is absent', filter: 'roles[value eq "x"]', resource: ada, ours: false, theirs: 'throws', why: ABSENT },
  {
    what: 'whether a multi-valued attribute is there',
    filter: 'emails pr',
    resource: withEmails,
    ours: true,
    theirs: 'throws',
    why: '3.4.2.2, table 3: pr matches an attribute that has a value',
  },
  {
    what: 'a complex attribute without its part',
    filter: 'emails co "@work"',
    resource: withEmails,
    ours: true,
    theirs: 'throws',
    why: '3.4.2.2, the example with emails co "example.com": it is compared by its value',
  },
];
