/** What a filter of the vectors is answered with: `refused` is 400; the ids are those of the data set that match. */
export type Outcome = 'accepted' | 'refused' | 'match' | 'no match' | `ids ${string}`;

interface Deviation {
  readonly ours: Outcome;
  /** The sentence of an RFC that decides. */
  readonly why: string;
  readonly filters: readonly string[];
}

/** Vectors that are answered otherwise than by the library that they are from. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    ours: 'refused',
    why: 'RFC 7644 section 3.4.2.2: "The filter parameter MUST contain at least one valid expression. Each expression MUST contain an attribute name followed by an attribute operator and optional value."',
    filters: ['', ' ', '  ', 'EQ', 'NE', 'PR', 'TestGroup!@#$%^&*()_+=-{}][\\":;\'/.,?Nej', 'This is \\"test\\" user.'],
  },
  {
    ours: 'refused',
    why: 'RFC 7644 figure 1: FILTER = attrExp / logExp / valuePath / *1"not" "(" FILTER ")": what follows "not" stands in brackets',
    filters: [
      'not a pr',
      'not a[b pr]',
      'a[not b pr]',
      'NOT id pr',
      'email.value ew "@example.com" and not userName eq "Test"',
      'email.type eq "work" or not userName ne "Test"',
      'email.type eq "work" AND not email.value ew "@example.com"',
      'NOT email.type eq "work" and not email.value ew "@example.com"',
      'NOt not sw "A" and userName ew "Z" and userName co "m"',
      'not emails[type eq "work"].value pr',
      'emails[not type eq "work"] pr',
      'emails[not type eq "work"] co "A"',
      'not emails[not type eq "work"] co "A"',
    ],
  },
  {
    ours: 'refused',
    why: 'RFC 7644 figure 1: compValue = false / null / true / number / string ; rules from JSON (RFC 7159)',
    filters: [
      'userName eq example@example.com',
      'userName eq "domain\\user.name"',
      'value eq 123abc',
      'value eq 123abc5e4',
      '-valid$Name eq -null',
      'not eq pr',
    ],
  },
  {
    ours: 'refused',
    why: 'RFC 7644 figure 1: ATTRNAME = ALPHA *(nameChar)',
    filters: ['064869bf-be25-466f-803d-004a0540574b eq "bjensen"'],
  },
  {
    ours: 'refused',
    why: 'RFC 7644 figure 1: FILTER = attrExp / logExp / valuePath: no operator follows the bracket of a valuePath',
    filters: [
      'members[value eq "337991"] eq ""',
      'members[value eq "6784"] eq ""',
      'emails[type eq "work"] pr',
      'emails[type eq "work"] co "A"',
      'userType eq "Employee" and emails[type eq "work" or primary eq true] pr',
    ],
  },
  {
    ours: 'refused',
    why: 'RFC 7644 figure 1: valuePath = attrPath "[" valFilter "]", and attrPath has no brackets of its own',
    filters: [
      'emails[type eq "work" or type eq "home"].values[domain ew "@example.org"]',
      'emails[type eq "work" or type eq "home"].values[domain ew "@example.org" or domain ew "@example.com"]',
      'emails[type eq "work" or type eq "home"].values[domain ew "@example.org" or domain ew "@example.com"].recipient pr',
      'emails[type eq "work"].values[domain ew "@example.org" or domain ew "@example.com"].recipient pr',
    ],
  },
  {
    ours: 'refused',
    why: 'RFC 7644 figure 7: PATH = attrPath / valuePath [subAttr]; that library says itself that it goes beyond',
    filters: ['', 'urn:extension:', 'urn:extension:attr[subAttr eq "78750"].subAttr[subSub pr].this.is.crazy[type eq "good"].deep'],
  },
  {
    ours: 'refused',
    why: 'RFC 7644 table 3, gt, ge, lt and le: "Boolean and Binary attributes SHALL cause a failed response (HTTP status code 400) with scimType of invalidFilter"',
    filters: ['h lt true', 'not(h lt false)', 'h le true', 'not(a gt true)', 'not(a gt false)', 'not(a ge true)'],
  },
  {
    ours: 'refused',
    why: 'RFC 7644 table 9, invalidFilter: "the specified attribute and filter comparison combination is not supported": a number and a string',
    filters: ['not(a gt "4")', 'not(a ge "4")'],
  },
  {
    ours: 'accepted',
    why: 'RFC 7644 table 3 refuses Booleans for gt, ge, lt and le alone',
    filters: ['emails.primary SW true', 'emails.primary EW true'],
  },
  {
    ours: 'no match',
    why: 'RFC 7644 table 5: "The expression within square brackets MUST be a valid filter expression based upon sub-attributes of the parent attribute", and the values of schemas are strings, which have none',
    filters: ['schemas[value eq "urn:pingidentity:schemas:baseSchema"]'],
  },
  {
    ours: 'ids 1,2,4,5,6,7,8',
    why: 'RFC 7644 table 3, ne: "The attribute and operator values are not identical": an attribute without a value has none that is',
    filters: ['userType ne "Employee" and not (emails co "example.com" or emails.value co "example.org")'],
  },
];
