import { boolean, integer } from './attribute.ts';
import type { Schema } from './resource-type.ts';

/**
 * What draft-ietf-scim-roles-entitlements says of a role or an entitlement beside its name. A type with this extension has it counted
 * how often each of its resources is granted: exactly, so that all who are granted the same one are served one after another.
 */
export const assignmentsSchema: Schema = {
  id: 'urn:rollcall:scim:schemas:extension:assignments:1.0:Assignments',
  name: 'Assignments',
  description: 'How often it may be granted, and is',
  attributes: [
    boolean('supported', 'Whether it can be granted. Whoever has it keeps it where it cannot any more.'),
    boolean('limitedAssignmentsPermitted', 'Whether totalAssignmentsPermitted is a limit. It is one unless this says that it is none.'),
    integer('totalAssignmentsPermitted', 'To how many users it may be granted.'),
    integer('totalAssignmentsUsed', 'To how many users it is granted.', { mutability: 'readOnly' }),
  ],
};

/** What a role or an entitlement says by that. */
export interface Assignments {
  readonly supported?: boolean;
  readonly limitedAssignmentsPermitted?: boolean;
  readonly totalAssignmentsPermitted?: number;
}
