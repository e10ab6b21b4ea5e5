import {
  type Attribute,
  boolean,
  complex,
  integer,
  MUTABILITIES,
  many,
  RETURNED,
  reference,
  string,
  TYPES,
  UNIQUENESS,
} from './attribute.ts';
import type { Schema } from './resource-type.ts';

/*
 * The schemas that RFC 7643 section 8.7.2 calls the fixed service provider schemas: those of the discovery answers themselves.
 */

/** Nothing that discovery answers can be written (RFC 7643 sections 5 to 7). */
const readOnly = (attributes: readonly Attribute[]): readonly Attribute[] =>
  attributes.map((attribute) => ({
    ...attribute,
    mutability: 'readOnly',
    ...(attribute.subAttributes && { subAttributes: readOnly(attribute.subAttributes) }),
  }));

const required = { required: true };
const external = { referenceTypes: ['external'] };
const uri = { referenceTypes: ['uri'] };

/** An optional feature of the protocol: whether there is one, and what else is to be known of it. */
const feature = (name: string, description: string, ...details: readonly Attribute[]): Attribute =>
  complex(name, description, [boolean('supported', 'Whether the service supports it.', required), ...details], required);

/** RFC 7643 section 5. */
export const serviceProviderConfigSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ServiceProviderConfig',
  name: 'Service Provider Configuration',
  description: "The service provider's configuration",
  attributes: readOnly([
    reference('documentationUri', "URL of the service provider's help for people.", external),
    feature('patch', 'PATCH requests.'),
    feature(
      'bulk',
      'Bulk requests.',
      integer('maxOperations', 'The most operations in one request.', required),
      integer('maxPayloadSize', 'The most bytes in the body of one request.', required),
    ),
    feature('filter', 'Filters.', integer('maxResults', 'The most resources in one response.', required)),
    feature('changePassword', 'Changing a password.'),
    feature('sort', 'Sorting of results.'),
    feature('etag', 'Versions of resources, and requests conditional on them.'),
    many(
      'authenticationSchemes',
      'The ways in which a client can authenticate.',
      [
        string('type', 'The authentication scheme.', {
          required: true,
          canonicalValues: ['oauth', 'oauth2', 'oauthbearertoken', 'httpbasic', 'httpdigest'],
        }),
        string('name', 'The common name of the authentication scheme, such as HTTP Basic.', required),
        string('description', 'What the authentication scheme asks of the client.', required),
        reference('specUri', 'URL of the specification of the authentication scheme.', external),
        reference('documentationUri', 'URL of help on the use of the authentication scheme.', external),
        boolean('primary', 'Whether this is the preferred scheme. It is true for one scheme at most.'),
      ],
      required,
    ),
  ]),
};

/** RFC 7643 section 6. */
export const resourceTypeSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:ResourceType',
  name: 'ResourceType',
  description: 'A type of resources',
  attributes: readOnly([
    string('id', 'Identifier of the resource type: its name.'),
    string('name', 'Name of the resource type, such as User, as in the meta.resourceType of its resources.', required),
    string('description', 'What the resource type is, for people.'),
    reference('endpoint', 'Where its resources are, relative to the base URL, such as /Users.', { ...uri, ...required }),
    reference('schema', 'The id of its schema.', { ...uri, ...required }),
    many('schemaExtensions', 'The schemas that extend it.', [
      reference('schema', 'The id of the schema.', { ...uri, ...required }),
      boolean('required', 'Whether every resource of the type has the attributes that this schema requires.', required),
    ]),
  ]),
};

/** What an attribute and a sub-attribute are both described by. */
const characteristics: readonly Attribute[] = [
  string('name', 'Name of the attribute.', { required: true, caseExact: true }),
  string('type', 'Data type of the attribute.', { required: true, canonicalValues: TYPES }),
  boolean('multiValued', 'Whether the attribute has a list of values.', required),
  string('description', 'What the attribute is, for people.', { caseExact: true }),
  boolean('required', 'Whether a resource must have the attribute.'),
  string('canonicalValues', 'Values that are suggested, such as work and home.', { multiValued: true, caseExact: true }),
  boolean('caseExact', 'Whether upper and lower case are told apart.'),
  string('mutability', 'Whether and when the attribute can be written.', { caseExact: true, canonicalValues: MUTABILITIES }),
  string('returned', 'When the attribute is in a response.', { caseExact: true, canonicalValues: RETURNED }),
  string('uniqueness', 'Among which resources a value is unique.', { caseExact: true, canonicalValues: UNIQUENESS }),
  string('referenceTypes', 'What a reference may refer to: a resource type such as User, external or uri.', {
    multiValued: true,
    caseExact: true,
  }),
];

/**
 * RFC 7643 section 7. `subAttributes` has the sub-attributes of `attributes`, itself among them: written out, that has no end.
 * It ends where section 8.7.2 ends it, as no attribute of a resource has sub-attributes of sub-attributes (section 2.3.8).
 */
export const schemaSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Schema',
  name: 'Schema',
  description: 'A schema: attributes and their characteristics',
  attributes: readOnly([
    string('id', 'URI of the schema.', { required: true, returned: 'always' }),
    string('name', 'Name of the schema, such as User.', required),
    string('description', 'What the schema is, for people.'),
    many(
      'attributes',
      'The attributes of the schema.',
      [...characteristics, many('subAttributes', 'The sub-attributes of a complex attribute.', characteristics)],
      required,
    ),
  ]),
};
