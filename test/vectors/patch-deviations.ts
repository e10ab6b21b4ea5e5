import type { JsonValue } from '../../lambdas/scim/json.ts';

/** What operations change of a resource: only the attributes that differ afterwards, `undefined` for those that are gone. */
export type Changes = Readonly<Record<string, JsonValue | undefined>>;

/** What a vector is answered with. What is refused is 400 with that `scimType`. */
export type Outcome = 'accepted' | `refused ${string}` | Changes;

interface Deviation {
  readonly ours: Outcome;
  /** The sentence of an RFC that decides; of a tolerance the client that it is for; `TO MEND` and the sentence where ours is wrong. */
  readonly why: string;
  /** Where they stand in `patch.json`, from 0 on. */
  readonly vectors: readonly number[];
}

const MATCHES_ARE_REPLACED =
  'RFC 7644 section 3.5.2.3: "… a value selection ("valuePath") filter is specified that matches one or more values of the multi-valued attribute, then all matching record values SHALL be replaced": whole, where no sub-attribute is named';

const CREATED_FOR_ENTRA =
  'tolerance for Entra ID: it replaces `addresses[type eq "work"].formatted` where there is no such value, means that it be made, and takes noTarget for a failure; the library has an option for either';

const DEFAULTED =
  'RFC 7644 section 3.5.1: "the service provider MAY assign a default value to the final resource representation": `active` has one, and cannot be cleared';

/** Vectors that are answered otherwise than by the library that they are from. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    ours: 'refused invalidPath',
    why: 'RFC 7644 table 9, invalidPath: "The "path" attribute was invalid or malformed (see Figure 7)", of which brackets that do not close, and a filter that is none, are part',
    vectors: [83, 120, 121, 123],
  },
  {
    ours: 'refused invalidPath',
    why: 'RFC 7644 table 9, invalidPath, and section 3.5.2: "The "valuePath" rule allows specific values of a complex multi-valued attribute to be selected": `userName` is none',
    vectors: [122],
  },
  {
    ours: 'refused invalidPath',
    why: 'RFC 7644 table 9, invalidPath, and figure 1: compValue = false / null / true / number / string ; rules from JSON (RFC 7159): a string stands in quotes',
    vectors: [3, 11],
  },
  {
    ours: 'refused invalidPath',
    why: 'RFC 7644 table 9, invalidPath, and figure 1: attrPath = [URI ":"] ATTRNAME *1subAttr: one sub-attribute at most',
    vectors: [115],
  },
  {
    ours: 'refused invalidValue',
    why: 'RFC 7644 table 9, invalidValue: "A required value was missing", and section 3.5.2.1: "The operation MUST contain a "value" member"',
    vectors: [23],
  },
  {
    ours: 'refused invalidValue',
    why: 'RFC 7644 table 9, invalidValue: "the value specified was not compatible with the operation or attribute type", and sections 3.5.2.1 and 3.5.2.3: "If the target location specifies a complex attribute, a set of sub-attributes SHALL be specified in the "value" parameter"',
    vectors: [42, 73],
  },
  {
    ours: 'refused invalidValue',
    why: 'RFC 7644 table 9, invalidValue: "the value specified was not compatible with the operation or attribute type": an object, where `emails.value` is a string',
    vectors: [57],
  },
  {
    ours: 'refused invalidValue',
    why: 'RFC 7643 section 2.4: "The primary attribute value "true" MUST appear no more than once", and RFC 7644 table 9, invalidValue: "the value specified was not compatible with the operation or attribute type"',
    vectors: [90],
  },
  {
    ours: 'refused noTarget',
    why: 'RFC 7644 section 3.5.2.3: "a value selection filter ("valuePath") has been supplied and no record match was made, the service provider SHALL indicate failure by returning HTTP status code 400 and a "scimType" error code of "noTarget"": the tolerance for Entra ID is for paths with a sub-attribute behind the filter',
    vectors: [15],
  },
  {
    ours: 'refused mutability',
    why: 'RFC 7644 section 3.5.2.2: "If an attribute is removed or becomes unassigned and is defined as a required attribute or a read-only attribute, the server SHALL return … a "scimType" error code of "mutability"": `meta` is read-only',
    vectors: [124],
  },
  {
    ours: 'accepted',
    why: 'tolerance for Ory Polis: it sends a PatchOp without `schemas`',
    vectors: [18],
  },
  {
    ours: {},
    why: 'RFC 7643 section 4.1.1, password: "If a service provider holds the value locally, the value SHOULD be hashed": ours holds none, and accepts what clients send',
    vectors: [1],
  },
  {
    ours: { name: { honorificPrefix: 'Mr', formatted: 'Test' } },
    why: 'RFC 7644 section 3.5.2.3: "Sub-attributes that are not specified in the "value" parameter are left unchanged"',
    vectors: [13],
  },
  {
    ours: { surName: [{ additional: 'additional' }] },
    why: MATCHES_ARE_REPLACED,
    vectors: [48],
  },
  {
    ours: { surName: [{ additional: 'additional', value: 'bogus2' }] },
    why: MATCHES_ARE_REPLACED,
    vectors: [49],
  },
  {
    ours: {
      emails: [{ value: 'addr1@email.com', primary: true, newProperty: 'pre' }, { newProperty: 'post' }],
    },
    why: MATCHES_ARE_REPLACED,
    vectors: [56],
  },
  {
    ours: { emails: [{ newProperty: 'post' }] },
    why: 'RFC 7644 section 3.5.2.3: "If the target location is a multi-valued attribute and no filter is specified, the attribute and all values are replaced"',
    vectors: [54],
  },
  {
    ours: { surName: [{ primary: true, value: 'surname' }] },
    why: CREATED_FOR_ENTRA,
    vectors: [46],
  },
  {
    ours: { addresses: [{ type: 'work', formatted: '1111 Street Rd' }] },
    why: CREATED_FOR_ENTRA,
    vectors: [50],
  },
  {
    ours: {
      name: {
        familyName: 'Parker',
        givenName: 'Peter',
        nestedArray: [
          { primary: true, value: 'value1' },
          { toto: true, newProperty1: 'toto' },
        ],
      },
    },
    why: 'RFC 7644 section 3.5.2.1: "If the target location does not exist, the attribute and value are added"',
    vectors: [74],
  },
  {
    ours: {
      emails: [
        { value: 'spiderman@superheroes.com', primary: false },
        { value: 'batman@superheroes.com', primary: true },
      ],
    },
    why: 'RFC 7644 section 3.5.2: "a PATCH operation that sets a value\'s "primary" sub-attribute to "true" SHALL cause the server to automatically set "primary" to "false" for any other values in the array"',
    vectors: [91],
  },
  { ours: {}, why: DEFAULTED, vectors: [96, 113, 116] },
  { ours: { name: undefined }, why: DEFAULTED, vectors: [99] },
  {
    ours: { emails: undefined },
    why: 'RFC 7643 section 2.4, value: "The attribute\'s significant value": without it the rest labels nothing, and RFC 7644 section 3.5.2.2: "If the complex multi-valued attribute has no remaining records, the attribute SHALL be considered unassigned"',
    vectors: [100],
  },
  {
    ours: { members: undefined },
    why: 'tolerance for Entra ID, which names by `value` what to remove, with `"$ref": null`; RFC 7643 section 2.5: "Unassigned attributes, the null value, or an empty array … SHALL be considered to be equivalent in "state"": that is no other name than without `$ref`, and both values have it',
    vectors: [7],
  },
  {
    ours: {},
    why: 'RFC 7643 section 2.5: "Unassigned attributes, the null value, or an empty array (in the case of a multi-valued attribute) SHALL be considered to be equivalent in "state"": this is a remove without a value, of an attribute that has none',
    vectors: [102],
  },
  {
    ours: {},
    why: 'tolerance for Entra ID and Okta, which name by `value` what to remove; RFC 7643 section 2.5: "Unassigned attributes, the null value, or an empty array (in the case of a multi-valued attribute) SHALL be considered to be equivalent in "state"": nothing is named',
    vectors: [103],
  },
];
