export interface Difference {
  /** The `name` of the schema and of the attributes, and what differs of the last: `User.photos.value.caseExact`. */
  readonly path: string;
  readonly rfc: unknown;
  readonly ours: unknown;
}

interface Deviation extends Omit<Difference, 'path'> {
  readonly paths: readonly string[];
  readonly reason: string;
}

export const ABSENT = 'absent';
/** An attribute, or an object, that only one side has. */
export const PRESENT = 'present';

const LOCATION = 'The location is what GET of the schema answers to; the RFC shortens it to a path below a service of its own.';

/**
 * Every description that both have: it is ours to word, as section 8.7.1 lets individual values change, and says what this
 * service does with the attribute.
 */
export const isWording = ({ path, rfc, ours }: Difference): boolean =>
  path.endsWith('.description') && ![ABSENT, PRESENT].includes(String(rfc)) && !['', ABSENT, PRESENT].includes(String(ours));

/** Where `/Schemas` differs from RFC 7643 section 8.7, in all but the wording of descriptions. */
export const DEVIATIONS: readonly Deviation[] = [
  {
    paths: ['User', 'Group', 'EnterpriseUser', 'ServiceProviderConfiguration', 'ResourceType', 'Schema'].map((name) => `${name}.schemas`),
    rfc: ABSENT,
    ours: ['urn:ietf:params:scim:schemas:core:2.0:Schema'],
    reason: 'Section 3 requires schemas in every resource, and section 7 names this value.',
  },
  {
    paths: ['User.meta.location'],
    rfc: '/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User',
    ours: 'http://scim.example/acme/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:User',
    reason: LOCATION,
  },
  {
    paths: ['Group.meta.location'],
    rfc: '/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group',
    ours: 'http://scim.example/acme/scim/v2/Schemas/urn:ietf:params:scim:schemas:core:2.0:Group',
    reason: LOCATION,
  },
  {
    paths: ['EnterpriseUser.meta.location'],
    rfc: '/v2/Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    ours: 'http://scim.example/acme/scim/v2/Schemas/urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
    reason: LOCATION,
  },
  {
    paths: ['ServiceProviderConfiguration.meta', 'ResourceType.meta', 'Schema.meta'],
    rfc: ABSENT,
    ours: PRESENT,
    reason: 'Section 3.1 gives meta to every resource, and section 8.7.1 shows it on schemas.',
  },
  {
    paths: ['User.name.uniqueness', 'User.emails.uniqueness', 'User.addresses.uniqueness'],
    rfc: 'none',
    ours: ABSENT,
    reason: 'A complex attribute has no uniqueness (section 2.3.8), and the other complex attributes of section 8.7 show none.',
  },
  {
    paths: ['User.x509Certificates.caseExact'],
    rfc: false,
    ours: ABSENT,
    reason: 'A complex attribute has no case sensitivity (section 2.3.8), and no other one of section 8.7 shows it.',
  },
  {
    paths: [
      'User.profileUrl.caseExact',
      'User.photos.value.caseExact',
      'User.groups.$ref.caseExact',
      'Group.members.$ref.caseExact',
      'EnterpriseUser.manager.$ref.caseExact',
      'ServiceProviderConfiguration.documentationUri.caseExact',
      'ServiceProviderConfiguration.authenticationSchemes.specUri.caseExact',
      'ServiceProviderConfiguration.authenticationSchemes.documentationUri.caseExact',
      'ResourceType.endpoint.caseExact',
    ],
    rfc: false,
    ours: true,
    reason: 'A reference is case exact (section 2.3.7).',
  },
  {
    paths: ['User.x509Certificates.value.caseExact'],
    rfc: false,
    ours: true,
    reason: 'A binary value is case exact (section 2.3.6).',
  },
  {
    paths: [
      'User.groups.value.caseExact',
      'Group.members.value.caseExact',
      'User.roles.value.caseExact',
      'User.entitlements.value.caseExact',
    ],
    rfc: false,
    ours: true,
    reason: 'The value is the id of a resource, and an id is case exact (section 3.1).',
  },
  {
    paths: ['User.ims.type.canonicalValues'],
    rfc: ['aim', 'gtalk', 'icq', 'msn', 'qq', 'skype', 'xmpp', 'yahoo'],
    ours: ['aim', 'gtalk', 'icq', 'msn', 'other', 'qq', 'skype', 'xmpp', 'yahoo'],
    reason: 'Section 4.1.2 names "other" among the values.',
  },
  {
    paths: ['User.roles.type.canonicalValues', 'User.x509Certificates.type.canonicalValues'],
    rfc: [],
    ours: ABSENT,
    reason: 'An empty list is the same as none (section 2.5), and section 8.7.1 has none on entitlements, which are alike.',
  },
  {
    paths: ['User.addresses.primary'],
    rfc: ABSENT,
    ours: PRESENT,
    reason: 'Section 2.4 has a preferred mailing address as its example of primary, and clients send it.',
  },
  {
    paths: ['Group.displayName.required'],
    rfc: false,
    ours: true,
    reason: 'Section 4.2 requires it, and so does its description in section 8.7.1.',
  },
  {
    paths: ['Group.members.display'],
    rfc: ABSENT,
    ours: PRESENT,
    reason: 'Section 2.4 gives display to multi-valued attributes, and section 8.4 shows it on members.',
  },
  {
    paths: ['ServiceProviderConfiguration.etag', 'ServiceProviderConfiguration.authenticationSchemes.type'],
    rfc: ABSENT,
    ours: PRESENT,
    reason: 'Section 5 requires it, and section 8.5 shows it.',
  },
  {
    paths: ['ServiceProviderConfiguration.authenticationSchemes.primary'],
    rfc: ABSENT,
    ours: PRESENT,
    reason: 'Section 2.4 gives primary to multi-valued attributes, and section 8.5 shows it on a scheme.',
  },
  {
    paths: ['ResourceType.schemaExtensions.multiValued'],
    rfc: false,
    ours: true,
    reason: 'Section 6 calls it a list, and section 8.6 shows an array.',
  },
  {
    paths: ['ResourceType.schemaExtensions.required'],
    rfc: true,
    ours: false,
    reason: 'Section 6 calls it optional, and section 8.6 shows a Group without it.',
  },
  {
    paths: ['Schema.id.returned'],
    rfc: 'default',
    ours: 'always',
    reason: 'Section 7 says that the id is always returned.',
  },
  {
    paths: ['Schema.attributes.type.canonicalValues', 'Schema.attributes.subAttributes.type.canonicalValues'],
    rfc: ['boolean', 'complex', 'dateTime', 'decimal', 'integer', 'reference', 'string'],
    ours: ['binary', 'boolean', 'complex', 'dateTime', 'decimal', 'integer', 'reference', 'string'],
    reason: 'Section 2.3.6 defines binary, and x509Certificates.value is of that type.',
  },
  {
    paths: ['Schema.attributes.subAttributes.referenceTypes.multiValued'],
    rfc: false,
    ours: true,
    reason: 'Section 7 calls it an array, and gives sub-attributes what attributes have.',
  },
];
