import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Messages } from 'scimmy';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { compileSort, inOrder } from '../../../lambdas/scim/sort.ts';
import { DAYS } from './resources.ts';

type Order = 'ascending' | 'descending';

const idsOf = (resources: readonly JsonObject[]) => resources.map(({ id }) => id);

const ours = (resources: readonly JsonObject[], by: string, order: Order) =>
  idsOf(inOrder(compileSort(user, { by, order }), resources, (resource) => resource));

function theirs(resources: readonly JsonObject[], sortBy: string, sortOrder: Order) {
  // Its types ask for instances of its own schemas; it reads members by name.
  const given = [...resources] as unknown as ConstructorParameters<typeof Messages.ListResponse>[0];
  return new Messages.ListResponse(given, { sortBy, sortOrder }).Resources.map(({ id }) => id);
}

/** Words on whose order all alphabets agree. No two are the same: SCIMMY turns those that are around when it descends. */
const words = fc.uniqueArray(fc.stringMatching(/^[a-d]{1,3}$/), { maxLength: 12 });

/** Each way to sort, with what gives a resource its place by it; one resource may have none. */
const WAYS: readonly (readonly [string, (word: string) => JsonObject])[] = [
  ['title', (word) => ({ title: word })],
  ['name.familyName', (word) => ({ name: { familyName: word } })],
  [
    'emails',
    (word) => ({
      emails: [
        { value: 'b', primary: false },
        { value: word, primary: true },
      ],
    }),
  ],
  ['roles', (word) => ({ roles: [{ value: word }, { value: 'b' }] })],
  ['meta.lastModified', (word) => ({ meta: { lastModified: new Date(1e12 + Number.parseInt(word, 16)).toISOString() } })],
];

test('resources stand in the order that SCIMMY gives them', () => {
  fc.assert(
    fc.property(
      words,
      fc.constantFrom(...WAYS),
      fc.constantFrom<Order>('ascending', 'descending'),
      fc.nat(),
      (some, [by, place], order, at) => {
        const placed = some.map((word): JsonObject => ({ id: word, ...place(word), ...(by !== 'name.familyName' && { name: {} }) }));
        const missing: JsonObject = { id: 'none', name: {}, meta: {} };
        const resources = placed.toSpliced(at % (placed.length + 1), 0, missing);
        expect(ours(resources, by, order)).toEqual(theirs(resources, by, order));
      },
    ),
    { seed: 7644, numRuns: 1_000 },
  );
});

const titled = (...titles: string[]): JsonObject[] => titles.map((title, index) => ({ id: String(index), title }));

describe('orders where SCIMMY and the RFC part', () => {
  test.each<{ what: string; resources: JsonObject[]; by: string; order?: Order; ours: string[]; theirs: string[]; why: string }>([
    {
      what: 'the name of the attribute in other letters',
      resources: titled('b', 'a'),
      by: 'TITLE',
      ours: ['1', '0'],
      theirs: ['0', '1'],
      why: 'RFC 7643 2.1: attribute names are case insensitive',
    },
    {
      what: 'texts that differ in case only stay as they were',
      resources: titled('B', 'b', 'A', 'a'),
      by: 'title',
      ours: ['2', '3', '0', '1'],
      theirs: ['3', '2', '1', '0'],
      why: 'RFC 7644 3.4.2.3: the order is case insensitive unless the attribute is caseExact',
    },
    {
      what: 'equal ones stay as they were when the order descends',
      resources: titled('a', 'b', 'a'),
      by: 'title',
      order: 'descending',
      ours: ['1', '0', '2'],
      theirs: ['1', '2', '0'],
      why: 'the RFC does not say; pages that are read one by one need one order',
    },
    {
      what: 'the order is that of code points, not of a language',
      resources: titled('z', 'ä'),
      by: 'title',
      ours: ['0', '1'],
      theirs: ['1', '0'],
      why: 'RFC 7644 3.4.2.3: Unicode order with no specific locale implied',
    },
    {
      what: 'strings that look like dateTimes',
      resources: titled('2026-02-01', '2026-02-01T00:00:00+02:00'),
      by: 'title',
      ours: ['0', '1'],
      theirs: ['1', '0'],
      why: 'RFC 7644 3.4.2.3: the type of the attribute decides',
    },
    {
      what: 'a part of a multi-valued attribute',
      resources: [
        { id: '0', emails: [{ value: 'b', primary: false }] },
        {
          id: '1',
          emails: [
            { value: 'c', primary: false },
            { value: 'a', primary: true },
          ],
        },
      ],
      by: 'emails.value',
      ours: ['1', '0'],
      theirs: ['0', '1'],
      why: 'RFC 7644 3.4.2.3: a multi-valued attribute is sorted by its primary value, or else its first',
    },
    {
      what: 'one moment in two time zones',
      resources: [DAYS[3], DAYS[1]].map((lastModified, index) => ({ id: String(index), meta: { lastModified } })),
      by: 'meta.lastModified',
      order: 'descending',
      ours: ['0', '1'],
      theirs: ['1', '0'],
      why: 'equal ones stay as they were',
    },
  ])('$what', ({ resources, by, order = 'ascending', ...expected }) => {
    expect(ours(resources, by, order)).toEqual(expected.ours);
    expect(theirs(resources, by, order)).toEqual(expected.theirs);
  });
});
