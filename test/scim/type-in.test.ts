import { describe, expect, test } from '@jest/globals';
import { string } from '../../lambdas/scim/schemas/attribute.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { defineResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { DEFAULT_SETTINGS, settingsOf } from '../../lambdas/scim/schemas/settings.ts';
import { typeIn } from '../../lambdas/scim/schemas/type-in.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';

const UNIQUE = settingsOf({ uniqueGroupNames: true });

describe('a type in a directory', () => {
  test('is the type itself where no setting is about it', () => {
    expect(typeIn(group, DEFAULT_SETTINGS)).toBe(group);
    expect(typeIn(user, UNIQUE)).toBe(user);
    expect([group.unique, group.indexed]).toEqual([[], ['displayName', 'externalId']]);
  });

  test('has what a setting says is unique among its unique paths, and not among the indexed ones', () => {
    expect(typeIn(group, UNIQUE)).toMatchObject({ unique: ['displayName'], indexed: ['externalId'] });
  });

  test('has all else from the type, as the same objects', () => {
    const { unique: _, indexed: __, ...rest } = typeIn(group, UNIQUE);
    for (const [name, value] of Object.entries(rest)) expect(value).toBe(group[name as keyof typeof rest]);
    expect(Object.keys(rest)).toContain('attributes');
  });

  test('is the same object for the same settings, and stays what it is', () => {
    const there = typeIn(group, settingsOf({ uniqueGroupNames: true }));
    expect(there).toBe(typeIn(group, UNIQUE));
    expect(typeIn(there, UNIQUE)).toBe(there);
  });

  test('keeps what is unique anyway', () => {
    const door = defineResourceType({
      name: 'Door',
      endpoint: '/Doors',
      description: '',
      schema: {
        id: 'urn:example:2.0:Door',
        name: 'Door',
        description: '',
        attributes: [string('code', '', { uniqueness: 'server' }), string('name', '')],
      },
      indexed: ['name'],
      uniqueIf: { name: 'uniqueGroupNames' },
    });
    expect(typeIn(door, UNIQUE)).toMatchObject({ unique: ['code', 'name'], indexed: [] });
    expect(typeIn(door, DEFAULT_SETTINGS)).toBe(door);
  });
});

test.each([
  { indexed: [], indexing: [] },
  { indexed: [], indexing: ['externalId'] },
  { indexed: ['title'], indexing: [] },
])('a type is not defined with a path that may become unique and is not indexed: $indexed, $indexing', (paths) => {
  const schema = { id: 'urn:example:2.0:Paper', name: 'Paper', description: '', attributes: [string('title', '')] };
  const paper = { name: 'Paper', endpoint: '/Papers', description: '', schema };
  expect(() => defineResourceType({ ...paper, ...paths, uniqueIf: { externalId: 'uniqueGroupNames' } })).toThrow(
    'Paper: externalId cannot become unique, expected a path of indexed',
  );
});

test('settings that were not chosen have their defaults, and what is none is left out', () => {
  expect(settingsOf()).toEqual({ uniqueGroupNames: false });
  expect(settingsOf({ uniqueGroupNames: undefined })).toEqual(DEFAULT_SETTINGS);
  expect(settingsOf({ uniqueGroupNames: true, more: 1 } as object)).toEqual({ uniqueGroupNames: true });
});
