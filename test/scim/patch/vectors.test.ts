import { readFileSync } from 'node:fs';
import { isDeepStrictEqual } from 'node:util';
import { describe, expect, test } from '@jest/globals';
import { PATCH_OP_URN, readPatchOp } from '../../../lambdas/http/messages.ts';
import { ScimError } from '../../../lambdas/scim/errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../../../lambdas/scim/json.ts';
import { patch } from '../../../lambdas/scim/patch/patch.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { permissiveUser } from '../../support/permissive-user.ts';
import { without } from '../../support/rfc.ts';
import { type Changes, DEVIATIONS, type Outcome } from '../../vectors/patch-deviations.ts';

interface Answer {
  readonly after?: Record<string, unknown>;
  readonly valid?: true;
  /** Always 400. */
  readonly error?: { readonly scimType: string };
  readonly source: string;
}

/** Operations on a resource, or the body of a message that is read. */
type Vector = Answer &
  (
    | { readonly before: Record<string, unknown>; readonly operations: readonly object[]; readonly body?: undefined }
    | { readonly before?: undefined; readonly operations?: undefined; readonly body: Record<string, unknown> }
  );

const { vectors } = JSON.parse(readFileSync(new URL('../../vectors/patch.json', import.meta.url), 'utf8')) as {
  readonly vectors: readonly Vector[];
};

/**
 * A resource as it is kept: `schemas`, `id` and `meta` are made for each answer, and nulls and empty arrays are no values. There is
 * nothing else in any `before` that a POST of it would not keep.
 */
const kept = (resource: Record<string, unknown>): JsonObject => without(withoutEmpty(resource) as JsonObject, 'schemas', 'id', 'meta');

function withoutEmpty(value: unknown): JsonValue {
  if (Array.isArray(value)) return value.map(withoutEmpty);
  if (!isObject(value)) return value as JsonValue;
  const filled = Object.entries(value).filter(([, part]) => part !== null && !(Array.isArray(part) && part.length === 0));
  return Object.fromEntries(filled.map(([name, part]) => [name, withoutEmpty(part)]));
}

const changes = (before: JsonObject, after: JsonObject): Changes =>
  Object.fromEntries(
    Object.keys({ ...before, ...after })
      .filter((name) => !isDeepStrictEqual(before[name], after[name]))
      .map((name) => [name, after[name]]),
  );

const refusedOr = (answer: () => Outcome): Outcome => {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ScimError && error.status === 400) return `refused ${error.scimType}`;
    throw error;
  }
};

const ourAnswer = ({ before, operations, body }: Vector): Outcome =>
  refusedOr(() => {
    if (body) return patch(user, { userName: 'bjensen', active: true }, readPatchOp(body)) && 'accepted';
    const read = readPatchOp({ schemas: [PATCH_OP_URN], Operations: operations });
    const resource = kept(before);
    const after = patch(permissiveUser(resource, read), resource, read).resource;
    // Whatever is made of it, what is given to `patch` stays as it was.
    expect(resource).toStrictEqual(kept(before));
    return changes(resource, after);
  });

function theirAnswer({ before, after, error }: Vector): Outcome {
  if (error) return `refused ${error.scimType}`;
  return before && after ? changes(kept(before), kept(after)) : 'accepted';
}

const titled = vectors.map((vector, i) => ({ i, sent: JSON.stringify(vector.operations ?? vector.body).slice(0, 120), vector }));

describe('PATCH operations from the tests of public SCIM libraries', () => {
  test.each(titled)('$i: $sent ($vector.source)', ({ i, vector }) => {
    const listed = DEVIATIONS.find((row) => row.vectors.includes(i));
    expect(ourAnswer(vector)).toStrictEqual(listed?.ours ?? theirAnswer(vector));
  });

  test('every deviation in the list is one', () => {
    const deviating = titled.filter(({ vector }) => !isDeepStrictEqual(ourAnswer(vector), theirAnswer(vector))).map(({ i }) => i);
    expect(DEVIATIONS.flatMap((row) => row.vectors).sort((a, b) => a - b)).toEqual(deviating);
  });
});
