import type { Scope } from '../directory/store.ts';
import type { Candidate } from '../scim/catalogue.ts';
import { tooMany } from '../scim/errors.ts';
import { countedGrants } from '../scim/grants.ts';
import type { JsonObject } from '../scim/json.ts';
import { assignmentsSchema } from '../scim/schemas/assignments.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { resourceKey } from './keys.ts';
import type { Write } from './send.ts';

/*
 * Of a type that is counted, what is granted is an item of the transaction that grants it: its `assigned` is how many have it.
 */

/** What a change grants, and what it takes away, of counted types. */
export interface AssignmentMoves {
  readonly added: readonly Candidate[];
  readonly removed: readonly Candidate[];
}

/** How many a resource may have at once: a delete gives them up in one transaction. */
const MAX_COUNTED = 40;

/** Throws `tooMany` where what a resource would have then does not find place in the transaction of its delete. */
export function assignmentMoves(holder: ResourceType, before: JsonObject, after: JsonObject): AssignmentMoves {
  const [had, has] = [countedGrants(holder, before), countedGrants(holder, after)];
  const without = (some: readonly Candidate[], others: readonly Candidate[]) =>
    some.filter(({ type, id }) => !others.some((other) => other.type === type && other.id === id));
  const moves = { added: without(has, had), removed: without(had, has) };
  if (moves.added.length > 0 && has.length > MAX_COUNTED)
    throw tooMany(
      `${holder.grants.map(({ attribute }) => attribute).join(', ')}: at most ${MAX_COUNTED} whose grants are counted, got ${has.length}`,
    );
  return moves;
}

/** Refused if there is no such resource, or no more of it may be granted. */
export const assign = ({ directory }: Scope, { type, id }: Candidate): Write => ({
  Update: {
    Key: resourceKey(directory, type.name, id),
    UpdateExpression: 'SET lastModified = :now ADD assigned :one, version :one',
    ConditionExpression: `attribute_exists(pk) AND (attribute_not_exists(${BODY}.supported) OR ${BODY}.supported = :true) AND ${HAS_LEFT}`,
    ExpressionAttributeNames: { '#urn': assignmentsSchema.id },
    ExpressionAttributeValues: { ':now': new Date().toISOString(), ':one': 1, ':zero': 0, ':true': true, ':false': false },
  },
});

const BODY = 'body.#urn';
const LIMIT = `${BODY}.totalAssignmentsPermitted`;
const HAS_LEFT =
  `(attribute_not_exists(${LIMIT}) OR ${BODY}.limitedAssignmentsPermitted = :false` +
  ` OR assigned < ${LIMIT} OR (attribute_not_exists(assigned) AND ${LIMIT} > :zero))`;

/** Refused where nobody had it, which only a mistake, or a type that was not counted at first, can have brought about. */
export const unassign = ({ directory }: Scope, { type, id }: Candidate): Write => ({
  Update: {
    Key: resourceKey(directory, type.name, id),
    UpdateExpression: 'SET lastModified = :now ADD assigned :less, version :one',
    ConditionExpression: 'assigned > :zero',
    ExpressionAttributeValues: { ':now': new Date().toISOString(), ':one': 1, ':less': -1, ':zero': 0 },
  },
});
