import { string } from './attribute.ts';
import { MAX_DESCRIPTION } from './entitlement.ts';
import { defineResourceType, type Schema } from './resource-type.ts';

/** The schema by which Okta recognises a type of roles in `/ResourceTypes`. */
export const roleSchema: Schema = {
  id: 'urn:okta:scim:schemas:core:1.0:Role',
  name: 'Role',
  description: 'A role that a user may have in the application',
  attributes: [
    string('displayName', 'The name of the role, for people.', { required: true }),
    string('description', 'What the role is for.', { maxLength: MAX_DESCRIPTION }),
  ],
};

export const role = defineResourceType({
  name: 'Role',
  endpoint: '/Roles',
  description: 'Roles of the application',
  schema: roleSchema,
  indexed: ['displayName', 'externalId'],
  givenIds: true,
  writtenBy: 'application',
});
