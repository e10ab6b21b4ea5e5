import { string } from './attribute.ts';
import { type Definition, defineResourceType, type ResourceType, type Schema } from './resource-type.ts';

/** Okta shows no more characters than these, and refuses a longer one. */
export const MAX_DESCRIPTION = 1_000;

/** The schema by which Okta recognises a type of entitlements in `/ResourceTypes`: all of them share it. */
export const entitlementSchema: Schema = {
  id: 'urn:okta:scim:schemas:core:1.0:Entitlement',
  name: 'Entitlement',
  description: 'Something that a user may have in the application',
  attributes: [
    string('displayName', 'The name of the entitlement, for people.', { required: true }),
    string('type', 'The name of its resource type.', { required: true, caseExact: true }),
    string('description', 'What the entitlement is for.', { maxLength: MAX_DESCRIPTION }),
  ],
};

/** What a vendor says of a type of entitlements; the rest is the same for all of them. */
export type EntitlementDefinition = Pick<
  Definition,
  'name' | 'endpoint' | 'description' | 'extensions' | 'indexed' | 'indexing' | 'mostPerUser'
>;

/** A type of entitlements: for Okta its `id`, its `name` and the `type` of its resources have to be equal. */
export const entitlementType = ({ indexed = [], ...definition }: EntitlementDefinition): ResourceType =>
  defineResourceType({
    ...definition,
    schema: entitlementSchema,
    indexed: ['displayName', 'externalId', ...indexed],
    constants: { type: definition.name },
    givenIds: true,
    writtenBy: 'application',
  });

/** Entitlements of no special kind. */
export const entitlement = entitlementType({
  name: 'Entitlement',
  endpoint: '/Entitlements',
  description: 'Entitlements of the application',
});
