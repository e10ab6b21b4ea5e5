import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { handler as discovery } from '../../../lambdas/discovery.ts';
import { isObject } from '../../../lambdas/scim/json.ts';
import { call } from '../../support/events.ts';
import { ABSENT, DEVIATIONS, type Difference, isWording, PRESENT } from '../golden/deviations.ts';

type Json = Readonly<Record<string, unknown>>;

const golden = ['rfc7643-8.7.1.json', 'rfc7643-8.7.2.json'].flatMap(
  (file) => JSON.parse(readFileSync(new URL(`../golden/${file}`, import.meta.url), 'utf8')) as (Json & { readonly name: string })[],
);

function differences(path: string, rfc: unknown, ours: unknown): Difference[] {
  if (isObject(rfc) && isObject(ours)) {
    const names = new Set([...Object.keys(rfc), ...Object.keys(ours)]);
    return [...names].flatMap((name) =>
      isList(rfc[name]) || isList(ours[name])
        ? differences(path, byName(rfc[name]), byName(ours[name]))
        : differences(`${path}.${name}`, rfc[name], ours[name]),
    );
  }
  const [left, right] = [shown(rfc), shown(ours)];
  return JSON.stringify(left) === JSON.stringify(right) ? [] : [{ path, rfc: left, ours: right }];
}

/** By its content and not by its name: the schema of schemas has attributes named `attributes` and `subAttributes`. */
const isList = (value: unknown): boolean => Array.isArray(value) && value.some(isObject);

/** A list of attributes by their names; none is an empty list. The order has no meaning. */
function byName(attributes: unknown = []): Json {
  const entries = (attributes as Json[]).map((attribute) => [String(attribute.name), attribute] as const);
  const named = Object.fromEntries(entries);
  expect(Object.keys(named)).toHaveLength(entries.length);
  return named;
}

function shown(value: unknown): unknown {
  if (value === undefined) return ABSENT;
  if (isObject(value)) return PRESENT;
  return Array.isArray(value) ? value.toSorted() : value;
}

describe('/Schemas beside RFC 7643 section 8.7', () => {
  test('differs from its text in these places, for these reasons, and in no other', async () => {
    const { body } = await call(discovery, { path: '/Schemas' });
    const served = body.Resources as readonly Json[];
    const found = golden.flatMap((schema) =>
      differences(
        schema.name.replaceAll(' ', ''),
        schema,
        served.find(({ id }) => id === schema.id),
      ),
    );

    const listed = DEVIATIONS.flatMap(({ paths, rfc, ours }) => paths.map((path) => ({ path, rfc, ours })));
    const inOrder = (list: readonly Difference[]) => list.toSorted((a, b) => (a.path < b.path ? -1 : 1));
    expect(inOrder(found.filter((difference) => !isWording(difference)))).toEqual(inOrder(listed));
  });

  test('compares all that a schema says', () => {
    const value = { name: 'value', type: 'string', canonicalValues: ['a', 'b'] };
    const schema = (...attributes: object[]) => ({ id: 'urn:x', attributes: [{ name: 'emails', subAttributes: attributes }] });
    const compare = (...attributes: object[]) => differences('X', schema(value), schema(...attributes));

    expect(compare({ canonicalValues: ['b', 'a'], type: 'string', name: 'value' })).toEqual([]);
    expect(compare({ ...value, type: 'binary' })).toEqual([{ path: 'X.emails.value.type', rfc: 'string', ours: 'binary' }]);
    expect(compare({ ...value, canonicalValues: ['a'] })).toEqual([
      { path: 'X.emails.value.canonicalValues', rfc: ['a', 'b'], ours: ['a'] },
    ]);
    expect(compare({ ...value, caseExact: false })).toEqual([{ path: 'X.emails.value.caseExact', rfc: ABSENT, ours: false }]);
    expect(compare()).toEqual([{ path: 'X.emails.value', rfc: PRESENT, ours: ABSENT }]);
    expect(compare(value, { name: 'type' })).toEqual([{ path: 'X.emails.type', rfc: ABSENT, ours: PRESENT }]);
  });
});
