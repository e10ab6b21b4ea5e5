import { globSync, readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import type { Scope, Store } from '../../lambdas/directory/store.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { countKey } from '../../lambdas/store/keys.ts';
import { getItem } from '../../lambdas/store/read.ts';
import type { Table } from '../../lambdas/store/table.ts';
import { scopeOf } from '../support/test-table.ts';

/*
 * Nothing of a table is read or written but for a directory: the types ask for one.
 */

/** Calls that are never made. Where the compiler took one that it is to refuse, that would be an error of its own. */
function calls(store: Store, table: Table, scope: Scope) {
  const { directory: _, ...nobodys } = scope;
  return {
    taken: [() => store.get(scope, user, 'id'), () => getItem(table, scope, countKey('acme', user, 'id'))],
    refused: [
      // @ts-expect-error no scope
      () => store.get(user, 'id'),
      // @ts-expect-error a scope without a directory
      () => store.get(nobodys, user, 'id'),
      // @ts-expect-error a scope whose directory is not known
      () => store.get({ ...nobodys, directory: undefined }, user, 'id'),
      // @ts-expect-error a scope without a directory
      () => getItem(table, nobodys, countKey('acme', user, 'id')),
      // @ts-expect-error a key without a directory
      () => getItem(table, scope, countKey(user, 'id')),
    ],
  };
}

/** The operations of the store: one whose first parameter is no whole scope cannot be `true`. */
const SCOPED: { readonly [Operation in keyof Store]: Parameters<Store[Operation]>[0] extends Scope ? true : never } = {
  create: true,
  get: true,
  update: true,
  updateGroup: true,
  remove: true,
  getMembers: true,
  getAllMembers: true,
  groupsOf: true,
  names: true,
  catalogue: true,
  countHolders: true,
  holders: true,
  search: true,
};

test('the compiler has been asked', () => {
  const { taken, refused } = calls({} as Store, {} as Table, scopeOf('acme'));
  expect([taken.length, refused.length]).toEqual([2, 5]);
});

test('every operation of the store is among those whose types are looked at', () => {
  expect(Object.keys(dynamoStore({} as Table)).sort()).toEqual(Object.keys(SCOPED).sort());
});

/** Functions that are given a table and no directory, each with the reason why. */
const EXCEPTIONS: Readonly<Record<string, string>> = {
  'warm-up.ts warmUp': 'asks for what is of nobody',
  'dynamo-store.ts dynamoStore': 'gives the operations, which ask for a scope each',
  'token-use.ts notingTokenUse': 'gives the operations, which ask for a scope each',
  'directories.ts listDirectories': 'is for the operator, who has all directories',
  'statements.ts deletion': 'sends nothing, and names an item by a key that keys.ts has made',
};

/** The parameters of the functions that a source exports, as they are written. */
function signatures(source: string): { name: string; parameters: string }[] {
  const beginnings = /^export (?:async )?(?:function\*? (\w+)|const (\w+) = (?:async )?)(?:<[^(]*>)?\(/gm;
  return [...source.matchAll(beginnings)].map(({ 0: { length }, 1: declared, 2: assigned, index }) => ({
    name: declared ?? assigned ?? '',
    parameters: source.slice(index + length, endOf(source, index + length)),
  }));
}

/** Where the bracket is closed that has been opened before a place. */
function endOf(source: string, start: number): number {
  let open = 1;
  for (let i = start; i < source.length; i++) {
    open += source[i] === '(' ? 1 : source[i] === ')' ? -1 : 0;
    if (open === 0) return i;
  }
  throw new Error('a bracket is never closed');
}

const takesTable = (parameters: string) => /: (?:Table|Search)\b/.test(parameters);
/** A `Search` has the scope that it is made in. */
const takesDirectory = (parameters: string) => /: (?:Scope|Search)\b|\bdirectory: string\b/.test(parameters);

describe('every function of lambdas/store/ that is given a table', () => {
  // What is in upkeep/ goes through the table as a whole, and takes the directory of each item from its key.
  const all = globSync('lambdas/store/*.ts').flatMap((file) =>
    signatures(readFileSync(file, 'utf8')).map((signature) => ({ ...signature, where: `${file.split('/').at(-1)} ${signature.name}` })),
  );
  const given = all.filter(({ parameters }) => takesTable(parameters));

  test('is found', () => {
    const names = given.map(({ name }) => name);
    for (const name of ['createResource', 'listResources', 'idsOf', 'transact', 'queryPages', 'getDirectory', 'getItems'])
      expect(names).toContain(name);
  });

  test('is given a scope or a directory too, but for what has a reason', () => {
    const without = given.filter(({ parameters }) => !takesDirectory(parameters)).map(({ where }) => where);
    expect(without.sort()).toEqual(Object.keys(EXCEPTIONS).sort());
  });
});
