import fc from 'fast-check';
import type { Attribute } from '../../lambdas/scim/schemas/attribute.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';

/*
 * Random requests, most of them nearly right: what is quite wrong is refused at the first look, and shows little.
 */

export interface FuzzRequest {
  readonly method: string;
  /** Below the host. `{n}` stands for the id of the n-th user that exists, counted round and round. */
  readonly path: string;
  readonly query: string;
  readonly headers: readonly (readonly [string, string])[];
  readonly body: string | null;
  readonly isBase64Encoded: boolean;
  /** The directory of the credential. */
  readonly credential: string;
}

export const DIRECTORY = 'fuzz';

/** Mostly the first, now and then one of the others. */
const mostly = <T, U = T>(first: fc.Arbitrary<T>, ...others: fc.Arbitrary<U>[]): fc.Arbitrary<T | U> =>
  fc.oneof<fc.MaybeWeightedArbitrary<T | U>[]>(
    { weight: 4 * others.length, arbitrary: first },
    ...others.map((arbitrary) => ({ weight: 1, arbitrary })),
  );

const anyText = fc.oneof(fc.string(), fc.string({ unit: 'binary' }), fc.string({ unit: 'grapheme', maxLength: 300 }));

/** Few enough that users meet at them. */
const name = fc.constantFrom(
  'ada',
  'Ada',
  'ADA ',
  'grace',
  'straße',
  'STRASSE',
  'é',
  'e\u0301',
  'İ',
  '"',
  '\\',
  '%61',
  '#',
  'ﬁ',
  'x'.repeat(600),
);
const anyJson = fc.jsonValue({ maxDepth: 3 });

const SIMPLE: Readonly<Record<Exclude<Attribute['type'], 'complex'>, fc.Arbitrary<unknown>>> = {
  string: mostly<unknown>(name, anyText, fc.integer(), fc.double()),
  reference: mostly(fc.constantFrom('https://x.example', 'urn:x'), anyText),
  boolean: mostly(fc.boolean(), fc.constantFrom('True', 'false', 'FALSE', 'yes')),
  integer: fc.integer(),
  decimal: fc.double(),
  dateTime: mostly(fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.5+02:00'), fc.constantFrom('2026-13-01T00:00:00Z', 'now')),
  binary: mostly(fc.base64String(), anyText),
};

const spelled = (attribute: Attribute): fc.Arbitrary<string> =>
  mostly(fc.constant(attribute.name), fc.constant(attribute.name.toUpperCase()), fc.constant(attribute.name.toLowerCase()));

function valueFor(attribute: Attribute): fc.Arbitrary<unknown> {
  const single = attribute.type === 'complex' ? objectOf(attribute.subAttributes ?? []) : SIMPLE[attribute.type];
  const right = attribute.multiValued ? fc.array(single, { maxLength: 3 }) : single;
  return mostly(right, single, fc.constantFrom(null, '', [], {}, [null]), anyJson);
}

const objectOf = (attributes: readonly Attribute[]): fc.Arbitrary<object> =>
  fc
    .tuple(
      fc
        .subarray([...attributes], { maxLength: Math.min(4, attributes.length) })
        .chain((chosen) => fc.tuple(...chosen.map((attribute) => fc.tuple(spelled(attribute), valueFor(attribute))))),
      fc.option(fc.tuple(fc.constantFrom('shoeSize', 'toString', 'length', '$ref', '', 'a.b'), anyJson), { freq: 8 }),
    )
    .map(([entries, unknown]) => Object.fromEntries([...entries, ...(unknown ? [unknown] : [])]));

const userBody = fc
  .tuple(objectOf(user.attributes), mostly(fc.constant([user.schema.id]), fc.constantFrom([], 'x', null)), fc.option(name, { freq: 8 }))
  .map(([attributes, schemas, userName]) => ({ ...attributes, schemas, ...(userName !== null && { userName }) }));

const paths = user.attributes.flatMap((attribute) => [
  attribute.name,
  ...(attribute.subAttributes ?? []).map((sub) => attribute.name + (attribute.name.startsWith('urn:') ? ':' : '.') + sub.name),
]);
const path = mostly(
  fc.constantFrom(...paths),
  fc.constantFrom('shoeSize', `${user.schema.id}:userName`, 'emails.value.x', 'urn:x:y'),
  anyText,
);

const literal = fc.oneof(
  name.map((text) => JSON.stringify(text)),
  fc.constantFrom('true', 'false', 'null', '7', '-1.5e3', '"', "'x'"),
);
const comparison = fc
  .tuple(path, fc.constantFrom('eq', 'EQ', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr', 'xx'), literal)
  .map(([left, op, right]) => (op === 'pr' ? `${left} pr` : `${left} ${op} ${right}`));
const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.tuple(tie('filter'), fc.constantFrom('and', 'or', 'AND', ''), tie('filter')).map(([a, op, b]) => `${a} ${op} ${b}`),
    tie('filter').map((inner) => `not (${inner})`),
    tie('filter').map((inner) => `(${inner}`),
    fc.tuple(fc.constantFrom('emails', 'name', 'userName', 'roles'), tie('filter')).map(([of, inner]) => `${of}[${inner}]`),
    fc.constantFrom('emails[type eq "work"].value eq "ada"', 'userName eq "ada" and emails pr'),
    anyText,
  ),
}));

const operation = fc.record(
  {
    op: mostly(fc.constantFrom('add', 'replace', 'remove', 'Add', 'Replace', 'Remove'), fc.constantFrom('move', '')),
    path: mostly(path, fc.constantFrom('emails[type eq "work"].value', 'emails[value eq "ada"]', 'members[value eq "x"]'), filter),
    value: fc.oneof(anyJson, objectOf(user.attributes), fc.constantFrom(...user.attributes).chain(valueFor), name),
  },
  { requiredKeys: ['op'] },
);
const patchBody = fc.record(
  {
    schemas: mostly(fc.constant(['urn:ietf:params:scim:api:messages:2.0:PatchOp']), fc.constant(['urn:x'])),
    Operations: mostly<unknown>(fc.array(operation, { minLength: 1, maxLength: 4 }), anyJson),
  },
  { requiredKeys: ['Operations'] },
);
const sortOrder = fc.constantFrom('ascending', 'descending', 'Descending', 'up');
const searchBody = fc.record(
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
const bodyText = (body: fc.Arbitrary<unknown>): fc.Arbitrary<string> =>
  mostly(
    body.map((value) => JSON.stringify(value) ?? ''),
    dangerous,
    anyText,
    body.map((value) => (JSON.stringify(value) ?? '').slice(0, -1)),
    fc
      .tuple(fc.constantFrom('x', 'name":{"x', 'emails":[{"x'), fc.integer({ min: 1, max: 20_000 }))
      .map(([place, depth]) => nested(place, depth)),
  );

/** What stands in the place of an id: one that exists, one that does not, and anything. */
const id = mostly(
  fc.nat({ max: 5 }).map((n) => `{${n}}`),
  fc.uuid({ version: 4 }),
  anyText.map(encodeOrNot),
  fc.constantFrom('.search', '%2e%2e', '%', '%00', '..', '%2F', 'me', '0'),
);

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
const ofUser = id.map((one) => `/Users/${one}`);
const anywhere = fc.oneof(
  fc.constantFrom(
    '',
    '/',
    '/Users',
    '/Users/',
    '//Users',
    '/Groups',
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

const aim: fc.Arbitrary<Aim> = fc.oneof(
  { weight: 5, arbitrary: aimed('POST', fc.constant('/Users'), userBody) },
  { weight: 4, arbitrary: aimed('PUT', ofUser, userBody) },
  { weight: 6, arbitrary: aimed('PATCH', ofUser, patchBody) },
  { weight: 3, arbitrary: aimed('GET', fc.oneof(fc.constant('/Users'), ofUser)) },
  { weight: 2, arbitrary: aimed('POST', fc.constant('/Users/.search'), searchBody) },
  { weight: 1, arbitrary: aimed('DELETE', ofUser) },
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
      encoding: mostly<'text' | 'base64' | 'broken'>(fc.constant('text'), fc.constant('base64'), fc.constant('broken')),
      credential: mostly(fc.constant(DIRECTORY), mostly(fc.constant(DIRECTORY), fc.constant('other'))),
      slash: mostly(fc.constant('/'), fc.constant('//')),
    })
    .map(({ type, text, encoding, slash, headers, ...rest }) => ({
      ...rest,
      method,
      path: `/${DIRECTORY}${slash}scim/v2${below}`,
      headers: [['Content-Type', type] as const, ...headers],
      body: encoding === 'base64' ? Buffer.from(text).toString('base64') : text,
      isBase64Encoded: encoding !== 'text',
    })),
);
