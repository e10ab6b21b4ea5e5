import { many, reference, string } from './attribute.ts';
import { defineResourceType, type Schema } from './resource-type.ts';

/** RFC 7643 section 4.2. */
export const groupSchema: Schema = {
  id: 'urn:ietf:params:scim:schemas:core:2.0:Group',
  name: 'Group',
  description: 'Group',
  attributes: [
    string('displayName', 'A human-readable name of the group.', {
      required: true,
    }),
    many('members', 'The members of the group.', [
      string('value', 'The id of the member.', {
        mutability: 'immutable',
        caseExact: true,
      }),
      reference('$ref', 'The URI of the member.', {
        mutability: 'immutable',
        referenceTypes: ['User', 'Group'],
        joined: true,
      }),
      string('type', 'The resource type of the member.', {
        mutability: 'immutable',
        canonicalValues: ['User', 'Group'],
      }),
      string('display', 'A human-readable name of the member.', {
        mutability: 'readOnly',
        joined: true,
      }),
    ]),
  ],
};

export const group = defineResourceType({
  name: 'Group',
  endpoint: '/Groups',
  description: 'Group',
  schema: groupSchema,
  indexed: ['displayName', 'externalId'],
  uniqueIf: { displayName: 'uniqueGroupNames' },
  members: 'members',
});
