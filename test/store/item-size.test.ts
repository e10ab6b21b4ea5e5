import { describe, expect, test } from '@jest/globals';
import { create, type Directory, replace } from '../../lambdas/directory/operations.ts';
import { integer, string } from '../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { itemBytes } from '../../lambdas/store/item-size.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { directoryOn, type TestTable } from '../support/test-table.ts';

describe('the bytes of an item', () => {
  // In each, the attribute's name has one byte.
  test.each<readonly [string, unknown, number]>([
    ['a string', 'abc', 1 + 3],
    ['a string of two bytes a character', 'Ångström', 1 + 10],
    ['a number of one digit', 7, 1 + 1 + 1],
    ['a number of three digits', 123, 1 + 2 + 1],
    ['a number with zeros behind', 120_000, 1 + 1 + 1],
    ['a number with a power of ten', 1.5e30, 1 + 1 + 1],
    ['a negative number with a point', -0.125, 1 + 2 + 1 + 1],
    ['zero', 0, 1 + 1],
    ['a binary', new Uint8Array(5), 1 + 5],
    ['true', true, 1 + 1],
    ['null', null, 1 + 1],
    ['a set of strings', new Set(['a', 'bc']), 1 + 1 + 2],
    ['an empty map', {}, 1 + 3],
    ['a map', { ab: 'c', d: false }, 1 + 3 + (1 + 2 + 1) + (1 + 1 + 1)],
    ['a list', ['abc', 12], 1 + 3 + (1 + 3) + (1 + 2)],
    ['a map in a list', [{ a: 'b' }], 1 + 3 + 1 + (3 + 1 + 1 + 1)],
  ])('count %s', (_, value, bytes) => {
    expect(itemBytes({ x: value })).toBe(bytes);
  });

  test('are those of all its attributes, keys among them', () => {
    expect(itemBytes({ pk: 'acme#count', sk: 'User#0f', n: 42 })).toBe(2 + 10 + (2 + 7) + (1 + 2));
  });
});

describe('a resource', () => {
  let table: TestTable;
  let acme: Directory;
  eachOnFreshTable((fresh) => {
    table = fresh;
    acme = directoryOn(table);
  });

  const attributes = [
    string('name', '', { required: true }),
    integer('scores', '', { multiValued: true }),
    string('notes', '', { multiValued: true }),
  ];
  const schema = { id: 'urn:example:2.0:Player', name: 'Player', description: '', attributes };
  const player = defineResourceType({ name: 'Player', endpoint: '/Players', description: '', schema });
  const body = (given: object) => ({ schemas: [schema.id], name: 'Ada', ...given });

  // In JSON, numbers of one digit are two bytes each with their commas; in an item they are three.
  test.each([
    { attribute: 'scores', given: { scores: Array(150_000).fill(7) } },
    { attribute: 'name', given: { name: 'x'.repeat(400_000) } },
    { attribute: 'notes', given: { name: 'x'.repeat(100_000), notes: Array.from({ length: 30 }, (_, n) => `${n}${'y'.repeat(10_000)}`) } },
  ])('that fits into no item is 413, which names the attribute that is large: $attribute', async ({ attribute, given }) => {
    const refusal = {
      status: 413,
      message: expect.stringMatching(`^${attribute}: too large, the resource has \\d+ bytes and may have 360000$`),
    };
    await expect(create(acme, player, body(given))).rejects.toMatchObject(refusal);
    const { id } = await create(acme, player, body({}));
    await expect(replace(acme, player, id, body(given))).rejects.toMatchObject(refusal);
    expect((await table.items()).filter(({ pk }) => !String(pk).includes('#count'))).toHaveLength(1);
  });

  test('of the largest size is kept', async () => {
    await create(acme, player, body({ name: 'x'.repeat(359_990) }));
    await create(acme, player, body({ scores: Array(119_900).fill(7) }));
  });
});
