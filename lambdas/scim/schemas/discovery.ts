import type { Attribute, AttributeType } from './attribute.ts';
import type { ResourceType, Schema } from './resource-type.ts';
import { resourceTypeSchema, schemaSchema, serviceProviderConfigSchema } from './service-provider.ts';

/** Every schema of a service that has these resource types: theirs, each once, in their order, and those of discovery itself. */
export const schemasOf = (types: readonly ResourceType[]): readonly Schema[] => [
  ...new Set(types.flatMap(({ schema, extensions }) => [schema, ...extensions.map((extension) => extension.schema)])),
  serviceProviderConfigSchema,
  resourceTypeSchema,
  schemaSchema,
];

/** A schema as `/Schemas` shows it (RFC 7643 section 7). */
export const describeSchema = ({ id, name, description, attributes }: Schema) => ({
  schemas: [schemaSchema.id],
  id,
  name,
  description,
  attributes: attributes.map(describeAttribute),
  meta: { resourceType: 'Schema', location: `/Schemas/${id}` },
});

/** Values of the other types have no case, and those of some have no uniqueness either (RFC 7643 section 2.3). */
const WITH_CASE: ReadonlySet<AttributeType> = new Set<AttributeType>(['string', 'reference', 'binary']);
const WITHOUT_UNIQUENESS: ReadonlySet<AttributeType> = new Set<AttributeType>(['boolean', 'dateTime', 'complex']);

function describeAttribute(attribute: Attribute): Record<string, unknown> {
  const { name, type, multiValued, description, required, caseExact, mutability, returned, uniqueness } = attribute;
  const { canonicalValues, referenceTypes, subAttributes } = attribute;
  return {
    name,
    type,
    multiValued,
    description,
    required,
    ...(subAttributes && {
      subAttributes: subAttributes.map(describeAttribute),
    }),
    ...(canonicalValues && { canonicalValues }),
    ...(WITH_CASE.has(type) && { caseExact }),
    mutability,
    returned,
    ...(!WITHOUT_UNIQUENESS.has(type) && { uniqueness }),
    ...(referenceTypes && { referenceTypes }),
  };
}

/** A resource type as `/ResourceTypes` shows it (RFC 7643 section 6). Okta reads `id`, `name` and `schema`. */
export const describeResourceType = ({ name, endpoint, description, schema, extensions }: ResourceType) => ({
  schemas: [resourceTypeSchema.id],
  id: name,
  name,
  endpoint,
  description,
  schema: schema.id,
  ...(extensions.length > 0 && {
    schemaExtensions: extensions.map(({ schema: { id }, required }) => ({
      schema: id,
      required,
    })),
  }),
  meta: { resourceType: 'ResourceType', location: `/ResourceTypes/${name}` },
});

interface Limits {
  readonly maxResults: number;
  readonly maxPayloadSize: number;
}

/** What this service can do (RFC 7643 section 5). */
export const serviceProviderConfig = ({ maxResults, maxPayloadSize }: Limits) => ({
  schemas: [serviceProviderConfigSchema.id],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize },
  filter: { supported: true, maxResults },
  changePassword: { supported: false },
  sort: { supported: true },
  etag: { supported: true },
  authenticationSchemes: [
    {
      type: 'oauthbearertoken',
      name: 'Bearer token',
      description: 'The token of the directory in the Authorization header, with or without the word Bearer before it',
      specUri: 'https://www.rfc-editor.org/info/rfc6750',
      primary: true,
    },
    {
      type: 'httpbasic',
      name: 'HTTP Basic',
      description: 'The name of the directory as the user, its token as the password',
      specUri: 'https://www.rfc-editor.org/info/rfc7617',
    },
  ],
  meta: {
    resourceType: 'ServiceProviderConfig',
    location: '/ServiceProviderConfig',
  },
});
