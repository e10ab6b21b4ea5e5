import fc from 'fast-check';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { typesOnSharedRoute } from '../../lambdas/scim/schemas/registry.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { bodyText, groupPatch, patchOf, resourceBody, searchBody, sortOrder, userPatch } from './bodies.ts';
import { filter, path } from './filters.ts';
import { anyJson, anyText, idOf, mostly } from './values.ts';

/*
 * Random requests, most of them nearly right: what is quite wrong is refused at the first look, and shows little.
 */

/** How the text of a body travels; broken is what says that it is base64 and is none. */
type Encoding = 'text' | 'base64' | 'broken';

/** In path, query and body, `~User2~` stands for the id of the third user that there is, counted round and round. */
export interface FuzzRequest {
  readonly method: string;
  /** Below the host. */
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string;
  readonly encoding: Encoding;
  /** The directory of the credential. */
  readonly credential: string;
  /** What it may do. */
  readonly scopes: string;
}

export const DIRECTORY = 'fuzz';

/** What stands in the place of an id: one that exists, one that does not, and anything. */
const idAmong = ({ name }: ResourceType) =>
  mostly(
    idOf(name),
    fc.uuid({ version: 4 }),
    anyText.map(encodeOrNot),
    fc.constantFrom('.search', '%2e%2e', '%', '%00', '..', '%2F', 'me', '0'),
  );
const id = fc.oneof(idAmong(user), idAmong(group));

function encodeOrNot(text: string): string {
  try {
    return encodeURIComponent(text);
  } catch {
    return '%ff';
  }
}

interface Aim {
  readonly method: string;
  readonly path: string;
  readonly body: fc.Arbitrary<unknown>;
}

const methods = fc.constantFrom('GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS');
const aimed = (method: string, below: fc.Arbitrary<string>, body: fc.Arbitrary<unknown> = anyJson): fc.Arbitrary<Aim> =>
  below.map((where) => ({ method, path: where, body }));
const one = (type: ResourceType) => idAmong(type).map((some) => `${type.endpoint}/${some}`);
const all = ({ endpoint }: ResourceType) => fc.constant(endpoint);
const anywhere = fc.oneof(
  fc.constantFrom(
    '',
    '/',
    '/Users',
    '/Users/',
    '//Users',
    '/Groups/1',
    '/Roles',
    '/Bulk',
    '/Me',
    '/.search',
    '/Users/1/2',
    '/users',
    `/Users${'/'.repeat(5_000)}x`,
    `/${DIRECTORY}/scim/v2/Users`,
  ),
  fc.constantFrom(
    '/ServiceProviderConfig',
    '/ResourceTypes',
    '/ResourceTypes/User',
    '/Schemas',
    `/Schemas/${group.schema.id}`,
    '/Schemas/x',
  ),
  fc.array(id, { minLength: 1, maxLength: 4 }).map((parts) => `/${parts.join('/')}`),
);

/** Any request to a type that has no function of its own. */
const anyOn = (type: ResourceType): fc.Arbitrary<Aim> =>
  fc.oneof(
    { weight: 4, arbitrary: aimed('POST', all(type), resourceBody(type)) },
    { weight: 1, arbitrary: aimed('PUT', one(type), resourceBody(type)) },
    { weight: 1, arbitrary: aimed('PATCH', one(type), patchOf(type)) },
    { weight: 1, arbitrary: aimed('GET', fc.oneof(all(type), one(type))) },
    { weight: 1, arbitrary: aimed('POST', fc.constant(`${type.endpoint}/.search`), searchBody) },
    { weight: 2, arbitrary: aimed('DELETE', one(type)) },
  );

const aim: fc.Arbitrary<Aim> = fc.oneof(
  { weight: 6, arbitrary: aimed('POST', all(user), resourceBody(user)) },
  { weight: 4, arbitrary: aimed('PUT', one(user), resourceBody(user)) },
  { weight: 5, arbitrary: aimed('PATCH', one(user), userPatch) },
  { weight: 3, arbitrary: aimed('POST', all(group), resourceBody(group)) },
  { weight: 3, arbitrary: aimed('PUT', one(group), resourceBody(group)) },
  { weight: 7, arbitrary: aimed('PATCH', one(group), groupPatch) },
  { weight: 4, arbitrary: aimed('GET', fc.oneof(all(user), one(user), all(group), one(group))) },
  { weight: 2, arbitrary: aimed('POST', fc.constantFrom('/Users/.search', '/Groups/.search'), searchBody) },
  { weight: 2, arbitrary: aimed('DELETE', fc.oneof(one(user), one(group))) },
  ...typesOnSharedRoute.map((type) => ({ weight: 2, arbitrary: anyOn(type) })),
  { weight: 3, arbitrary: fc.tuple(methods, anywhere).map(([method, where]) => ({ method, path: where, body: anyJson })) },
);

const parameter = fc.oneof(
  filter.map((text) => ['filter', text] as const),
  fc.tuple(
    fc.constantFrom('attributes', 'excludedAttributes'),
    fc.array(path).map((names) => names.join(',')),
  ),
  fc.tuple(fc.constantFrom('startIndex', 'count'), fc.oneof(fc.integer().map(String), anyText)),
  fc.tuple(fc.constant('sortBy'), path),
  fc.tuple(fc.constant('sortOrder'), sortOrder),
  fc.tuple(fc.constant('cascade'), fc.constantFrom('true', 'True', 'false', 'yes')),
  fc.tuple(anyText, anyText),
);
const query = fc
  .array(parameter, { maxLength: 3 })
  .map((pairs) => pairs.map(([key, value]) => `${encodeOrNot(key)}=${encodeOrNot(value)}`).join('&'));

const header = fc.oneof(
  fc.tuple(fc.constantFrom('If-Match', 'if-none-match', 'IF-NONE-MATCH'), fc.constantFrom('W/"1"', '"2"', '*', '', 'x,y')),
  fc.tuple(fc.constantFrom('Accept', 'Prefer', 'X-Anything', 'Content-Length'), anyText),
);
const contentType = mostly(
  fc.constant('application/scim+json'),
  fc.constantFrom('application/json; charset=utf-8', 'APPLICATION/JSON'),
  fc.constantFrom('text/plain', '', 'application/xml'),
);

export const fuzzRequest: fc.Arbitrary<FuzzRequest> = aim.chain(({ method, path: below, body }) =>
  fc
    .record({
      query: mostly(fc.constant(''), query, query),
      headers: fc.array(header, { maxLength: 2 }),
      type: contentType,
      text: bodyText(body),
      encoding: mostly<Encoding>(fc.constant('text'), fc.constant('base64'), fc.constant('broken')),
      credential: mostly(fc.constant(DIRECTORY), mostly(fc.constant(DIRECTORY), fc.constant('other'))),
      scopes: mostly(fc.constant('provision application'), fc.constant('provision')),
      slash: mostly(fc.constant('/'), fc.constant('//')),
    })
    .map(({ type, text, slash, headers, ...rest }) => ({
      ...rest,
      method,
      path: `/${DIRECTORY}${slash}scim/v2${below}`,
      headers: [['Content-Type', type] as const, ...headers],
      body: text,
    })),
);

const creation = ({ endpoint, schema }: ResourceType, body: object): FuzzRequest => ({
  method: 'POST',
  path: `/${DIRECTORY}/scim/v2${endpoint}`,
  query: '',
  headers: [['Content-Type', 'application/scim+json']],
  body: JSON.stringify({ schemas: [schema.id], ...body }),
  encoding: 'text',
  credential: DIRECTORY,
  scopes: 'application',
});

/** Some who can be members, groups, and an id that two types have: where there is nobody yet, most of what is random is refused. */
export const PRELUDE: readonly FuzzRequest[] = [
  ...[1, 2, 3].map((n) => creation(user, { userName: `first ${n}` })),
  creation(group, { displayName: 'first', members: [{ value: '~User0~' }] }),
  creation(group, { displayName: 'second', members: [{ value: '~User0~' }, { value: '~Group0~' }] }),
  ...typesOnSharedRoute.slice(-2).map((type) => creation(type, { id: 'ada', displayName: 'Ada' })),
];
