import type { Candidate } from '../scim/catalogue.ts';
import { assignmentsSchema } from '../scim/schemas/assignments.ts';
import { resourceKey } from './keys.ts';
import type { Write } from './send.ts';

/*
 * Of a type that is counted, what is granted is an item of the transaction that grants it: its `assigned` is how many have it.
 */

/** Refused if there is no such resource, or no more of it may be granted. */
export const assign = (directory: string, { type, id }: Candidate): Write => ({
  Update: {
    Key: resourceKey(directory, type, id),
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
export const unassign = (directory: string, { type, id }: Candidate): Write => ({
  Update: {
    Key: resourceKey(directory, type, id),
    UpdateExpression: 'SET lastModified = :now ADD assigned :less, version :one',
    ConditionExpression: 'assigned > :zero',
    ExpressionAttributeValues: { ':now': new Date().toISOString(), ':one': 1, ':less': -1, ':zero': 0 },
  },
});
