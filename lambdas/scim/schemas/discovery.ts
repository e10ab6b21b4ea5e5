import type { Attribute } from './attribute.ts';
import type { ResourceType, Schema } from './resource-type.ts';

export const SCHEMA_URN = 'urn:ietf:params:scim:schemas:core:2.0:Schema';
export const RESOURCE_TYPE_URN = 'urn:ietf:params:scim:schemas:core:2.0:ResourceType';
export const SERVICE_PROVIDER_CONFIG_URN = 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig';

/** The schemas of some resource types, each once, in their order. */
export const schemasOf = (types: readonly ResourceType[]): readonly Schema[] => [
  ...new Set(types.flatMap(({ schema, extensions }) => [schema, ...extensions.map((extension) => extension.schema)])),
];

/** A schema as `/Schemas` shows it (RFC 7643 section 7). */
export const describeSchema = ({ id, name, description, attributes }: Schema) => ({
  schemas: [SCHEMA_URN],
  id,
  name,
  description,
  attributes: attributes.map(describeAttribute),
  meta: { resourceType: 'Schema', location: `/Schemas/${id}` },
});

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
    // As in RFC 7643 section 8.7: what has no text has neither case nor uniqueness.
    ...(type !== 'complex' && type !== 'boolean' && { caseExact }),
    mutability,
    returned,
    ...(type !== 'complex' && type !== 'boolean' && { uniqueness }),
    ...(referenceTypes && { referenceTypes }),
  };
}

/** A resource type as `/ResourceTypes` shows it (RFC 7643 section 6). Okta reads `id`, `name` and `schema`. */
export const describeResourceType = ({ name, endpoint, description, schema, extensions }: ResourceType) => ({
  schemas: [RESOURCE_TYPE_URN],
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
  schemas: [SERVICE_PROVIDER_CONFIG_URN],
  patch: { supported: true },
  bulk: { supported: false, maxOperations: 0, maxPayloadSize },
  filter: { supported: true, maxResults },
  changePassword: { supported: false },
  sort: { supported: false },
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
