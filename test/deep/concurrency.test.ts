import { describe, expect, test } from '@jest/globals';
import { create, get, patch, remove, search } from '../../lambdas/directory/operations.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import type { StoredResource } from '../../lambdas/scim/resource.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { directoryOf, expectInTable } from '../store/model/directories.ts';
import type { Person } from '../store/model/people.ts';
import { byChance, KINDS } from '../support/disturbances-by-chance.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { outcomes } from '../support/outcomes.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * Many clients at one user, or at one userName, while DynamoDB refuses some requests, loses some answers and gets some requests
 * twice. Nothing is lost and nothing is done twice.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

/** The directory as a request of its own sees it. */
const acme = () => directoryOf(table, 'acme');
const twenty = Array.from({ length: 20 }, (_, i) => i);
const newUser = (userName: string) => create(acme(), user, { schemas: [userSchema.id], userName });
const rename = (id: string, userName: string) => patch(acme(), user, id, [{ op: 'replace', path: 'userName', value: userName }]);
const find = async (userName: string) =>
  (await search(acme(), user, { startIndex: 1, count: 10 }, { filter: parseFilter(`userName eq "${userName}"`) })).resources;

const everyone = async () => (await search(acme(), user, { startIndex: 1, count: 100 })).resources;

/** The table holds what a client sees, and its entries and counts; it gives back what that is. */
async function expectConsistent(): Promise<readonly StoredResource[]> {
  const resources = await everyone();
  await expectInTable(
    table,
    'acme',
    resources.map(({ id, body }) => ({ id, person: body as unknown as Person })),
  );
  return resources;
}

const valuesOf = (resource: StoredResource | undefined, attribute: 'emails' | 'phoneNumbers') =>
  ((resource?.body[attribute] ?? []) as unknown as { value: string }[]).map(({ value }) => value);

/** Even numbers add what is indexed, odd ones what is not: a transaction, or a plain update. */
const additionOf = (i: number) =>
  i % 2 === 0 ? ({ path: 'emails', value: `${i}@x` } as const) : ({ path: 'phoneNumbers', value: `+1 ${i}` } as const);

const write = (id: string, i: number) => {
  const { path, value } = additionOf(i);
  return patch(acme(), user, id, [{ op: 'add', path, value: [{ value }] }]);
};

/** `AdaLovelace` in one of many letter cases. */
const inSomeCase = (i: number) => [...'adalovelace'].map((letter, n) => ((i >> (n % 5)) & 1 ? letter.toUpperCase() : letter)).join('');

describe.each(KINDS)('with $name', ({ disturbances }) => {
  const disturbed = () => table.disturb(byChance(disturbances, { seed: 7644, percent: 30 }));

  test('twenty writers of one user: each reads its own, none is lost and none is there twice', async () => {
    const { id } = await newUser('ada');
    {
      using _ = disturbed();
      await Promise.all(
        twenty.map(async (i) => {
          await write(id, i);
          const { path, value } = additionOf(i);
          expect(valuesOf(await get(acme(), user, id), path)).toContain(value);
        }),
      );
    }
    const [after] = await expectConsistent();
    const values = [...valuesOf(after, 'emails'), ...valuesOf(after, 'phoneNumbers')];
    expect(values.sort()).toEqual(twenty.map((i) => additionOf(i).value).sort());
    expect(after).toMatchObject({ id, version: 21, rev: 21 });
  });

  test('twenty creators of one userName in different letter cases: one wins, and the others are told that it is taken', async () => {
    using running = disturbed();
    const { answers, errors } = await outcomes(twenty.map((i) => newUser(inSomeCase(i))));
    running[Symbol.dispose]();
    expect(errors).toEqual(twenty.slice(1).map(() => expect.objectContaining({ status: 409, scimType: 'uniqueness' })));
    expect(await expectConsistent()).toEqual(answers);
  });

  test('twenty deleters and twenty writers of one user: one deletes it, and nothing of it is left', async () => {
    const { id } = await newUser('ada');
    using running = disturbed();
    const writers = outcomes(twenty.map((i) => write(id, i)));
    const deleters = outcomes(twenty.map(() => remove(acme(), user, id)));
    const [written, deleted] = await Promise.all([writers, deleters]);
    running[Symbol.dispose]();
    expect(deleted.answers).toHaveLength(1);
    expect([...deleted.errors, ...written.errors].filter((error) => (error as { status?: number }).status !== 404)).toEqual([]);
    expect(await expectConsistent()).toEqual([]);
  });

  test('creates, renames and deletes that pass two userNames on: nobody shares one, and each leads to who has it', async () => {
    const own = (i: number) => `user${i}`;
    const initial = await Promise.all(['ada', 'grace', ...[2, 3].map(own)].map(newUser));
    const wanted = (i: number) => (i % 2 === 0 ? 'ada' : 'GRACE');
    using running = disturbed();
    const acts = twenty.map(async (i) => {
      const { id } = initial[i % initial.length] as StoredResource;
      if (i % 5 === 4) return newUser(wanted(i >> 1));
      if (i === 10) return remove(acme(), user, id).then(() => undefined);
      return rename(id, i % 3 === 0 ? own(i) : wanted(i >> 1));
    });
    const { errors } = await outcomes(acts);
    running[Symbol.dispose]();
    expect(errors.filter((error) => ![404, 409].includes((error as { status?: number }).status ?? 500))).toEqual([]);
    const resources = await expectConsistent();
    for (const stored of resources) expect(await find(String(stored.body.userName))).toEqual([stored]);
  });
});
