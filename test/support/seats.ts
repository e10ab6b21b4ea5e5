import { create, type Directory, get, search } from '../../lambdas/directory/operations.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import type { JsonObject } from '../../lambdas/scim/json.ts';
import { type Assignments, assignmentsSchema } from '../../lambdas/scim/schemas/assignments.ts';
import { entitlementSchema } from '../../lambdas/scim/schemas/entitlement.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { resourceTypeNamed } from '../../lambdas/scim/schemas/registry.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';

/*
 * Seats, whose assignments are counted, and users who have some. To be imported when the entitlement types of the tests are in place:
 * see `entitlement-types.ts`.
 */

export { group, user };
export const seat = resourceTypeNamed('Seat') as ResourceType;
export const SEAT_TYPES: readonly ResourceType[] = [user, group, seat];

export const PATCH_OP = 'urn:ietf:params:scim:api:messages:2.0:PatchOp';

export const seatBody = (id: string, assignments?: Assignments | JsonObject): JsonObject => ({
  schemas: [entitlementSchema.id, ...(assignments ? [assignmentsSchema.id] : [])],
  id,
  displayName: `Seat ${id}`,
  type: 'Seat',
  ...(assignments && { [assignmentsSchema.id]: assignments as JsonObject }),
});

/** There are so many of it. */
export const upTo = (totalAssignmentsPermitted: number): Assignments => ({ totalAssignmentsPermitted });

export const newSeat = (directory: Directory, id: string, assignments?: Assignments) => create(directory, seat, seatBody(id, assignments));

export const granting = (ids: readonly string[]) => ids.map((value) => ({ value, type: 'Seat' }));

export const userBody = (userName: string, ids: readonly string[] = [], more: object = {}) => ({
  schemas: [userSchema.id],
  userName,
  ...(ids.length > 0 && { entitlements: granting(ids) }),
  ...more,
});

export const newUser = (directory: Directory, userName: string, ids: readonly string[] = []) =>
  create(directory, user, userBody(userName, ids));

/** The operation of a PATCH that grants some seats more. */
export const grant = (...ids: readonly string[]) => [{ op: 'add', path: 'entitlements', value: granting(ids) }];

export const revoke = (id: string) => [{ op: 'remove', path: `entitlements[value eq "${id}" and type eq "Seat"]` }];

/** To how many a seat says that it is granted. */
export const used = async (directory: Directory, id: string) => (await get(directory, seat, id)).assigned ?? 0;

/** Those who have something by the id of a seat. */
export const holdersOf = async (directory: Directory, id: string) =>
  (await search(directory, user, { startIndex: 1, count: 100 }, { filter: parseFilter(`entitlements.value eq "${id}"`) })).resources;
