import fc from 'fast-check';
import { group } from '../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { filter, path } from './filters.ts';
import { anyJson, anyText, givenId, idOf, mostly, name, objectOf, someMembers, valueFor } from './values.ts';

/*
 * Random bodies of requests, most of them nearly right.
 */

const NAMING: Readonly<Record<string, string>> = { User: 'userName' };

/** A resource of a type, which mostly has what that requires. */
export const resourceBody = ({ attributes, schema, name: typeName, constants, givenIds }: ResourceType): fc.Arbitrary<unknown> =>
  fc
    .tuple(
      objectOf(attributes),
      mostly(fc.constant([schema.id]), fc.constantFrom([], 'x', null)),
      fc.option(name, { freq: 8 }),
      mostly<object>(fc.constant(constants), fc.constant({})),
      givenIds ? mostly<object>(fc.record({ id: givenId }), fc.constant({})) : fc.constant({}),
    )
    .map(([some, schemas, named, same, own]) => ({
      ...some,
      ...same,
      ...own,
      schemas,
      ...(named !== null && { [NAMING[typeName] ?? 'displayName']: named }),
    }));

const selection = idOf('User', 'Group').map((id) => `members[value eq "${id}"]`);
const PATHS = [
  'emails[type eq "work"].value',
  'emails[value eq "ada"]',
  'members',
  'roles',
  'roles[primary eq "True"].value',
  'entitlements[type eq "License"]',
  'entitlements[value eq "ada"].type',
  'displayName',
];
const operationOn = ({ attributes }: ResourceType) =>
  fc.record(
    {
      op: mostly(fc.constantFrom('add', 'replace', 'remove', 'Add', 'Replace', 'Remove'), fc.constantFrom('move', '')),
      path: mostly<string>(path, fc.constantFrom(...PATHS), selection, filter),
      value: fc.oneof(anyJson, objectOf(attributes), fc.constantFrom(...attributes).chain(valueFor), name),
    },
    { requiredKeys: ['op'] },
  );
/** Who is a member is what most changes of groups are about. */
const memberOperation = fc.oneof(
  fc.record({ op: fc.constantFrom('add', 'Add', 'replace', 'remove'), path: fc.constant('members'), value: someMembers }),
  fc.record({ op: fc.constant('remove'), path: selection }),
);

const patchBodyOf = (operation: fc.Arbitrary<unknown>, maxLength = 4): fc.Arbitrary<unknown> =>
  fc.record(
    {
      schemas: mostly(fc.constant(['urn:ietf:params:scim:api:messages:2.0:PatchOp']), fc.constant(['urn:x'])),
      Operations: mostly<unknown>(fc.array(operation, { minLength: 1, maxLength }), anyJson),
    },
    { requiredKeys: ['Operations'] },
  );
export const patchOf = (type: ResourceType) => patchBodyOf(operationOn(type));
export const userPatch = patchOf(user);
export const groupPatch = patchBodyOf(fc.oneof({ weight: 3, arbitrary: memberOperation }, { weight: 1, arbitrary: operationOn(group) }), 2);

export const sortOrder = fc.constantFrom('ascending', 'descending', 'Descending', 'up');
export const searchBody = fc.record(
  {
    schemas: fc.constant(['urn:ietf:params:scim:api:messages:2.0:SearchRequest']),
    filter: mostly<unknown>(filter, anyJson),
    attributes: mostly<unknown>(fc.array(path), anyJson),
    sortBy: mostly<unknown>(path, anyJson),
    sortOrder: mostly<unknown>(sortOrder, anyJson),
    startIndex: mostly<unknown>(fc.integer(), anyJson),
    count: mostly<unknown>(fc.integer(), anyJson),
  },
  { requiredKeys: ['schemas'] },
);

const dangerous = fc.constantFrom(
  '{"__proto__":{"a":1}}',
  '{"constructor":{"prototype":{}}}',
  '{"schemas":[],"schemas":1}',
  '{',
  '',
  '[]',
  'null',
  '"',
  '1e999',
);
/** A user with something deep in some place, in which the brackets that are opened are closed. */
const nested = (place: string, depth: number): string => {
  const closing = [...place].flatMap((mark) => ({ '{': '}', '[': ']' })[mark] ?? []).reverse();
  return `{"schemas":["${user.schema.id}"],"userName":"deep","${place}":${'['.repeat(depth)}null${']'.repeat(depth)}${closing.join('')}}`;
};
/** The text of a body, now and then of none or of one that is broken. */
export const bodyText = (body: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  mostly(
    body.map((value) => JSON.stringify(value) ?? ''),
    dangerous,
    anyText,
    body.map((value) => (JSON.stringify(value) ?? '').slice(0, -1)),
    fc
      .tuple(fc.constantFrom('x', 'name":{"x', 'emails":[{"x'), fc.integer({ min: 1, max: 20_000 }))
      .map(([place, depth]) => nested(place, depth)),
  );
