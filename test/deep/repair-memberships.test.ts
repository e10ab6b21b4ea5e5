import { randomUUID } from 'node:crypto';
import { DeleteCommand, GetCommand, PutCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { describe, expect, test } from '@jest/globals';
import { create } from '../../lambdas/directory/operations.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { FORMAT } from '../../lambdas/store/items.ts';
import { type Key, membershipKey, membersKeys, resourceKey } from '../../lambdas/store/keys.ts';
import { type RepairOptions, repair } from '../../lambdas/store/upkeep/repair.ts';
import { first, hold, isWrite } from '../support/disturbances.ts';
import { dieAt } from '../support/dying.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import type { SentRequest } from '../support/strict-dynamodb.ts';
import { checkTable } from '../support/table-checker.ts';
import { directoryOn, givingId, type RawItem, type TestTable } from '../support/test-table.ts';

/*
 * What a repair puts right of groups and their members, also while others are at work in the same table.
 */

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const types = [user, group];
// DynamoDB Local commits at once: there is nothing to wait for.
const repairNow = (options: RepairOptions = {}) => repair(table, types, { pause: 0, ...options });
const check = (afterRepair = true) => checkTable(table, types, { afterRepair });
const NOTHING = { recounted: 0, resized: 0, reassigned: 0, swept: 0, mended: 0, tidied: 0, busy: 0, undeclared: 0, unknown: 0, newer: 0 };

/** A user or a group that is there, and where. */
interface There {
  readonly directory: string;
  readonly type: 'User' | 'Group';
  readonly id: string;
}

const keyOf = ({ directory, type, id }: There): Key => resourceKey(directory, { name: type }, id);

async function newUser(directory = 'acme', id: string = randomUUID()): Promise<There> {
  await create(givingId(directoryOn(table, directory), id), user, { schemas: [userSchema.id], userName: id });
  return { directory, type: 'User', id };
}

async function newGroup(directory = 'acme', id: string = randomUUID(), fan = 1): Promise<There> {
  await create(givingId(directoryOn(table, directory), id), group, { schemas: [groupSchema.id], displayName: id });
  const there: There = { directory, type: 'Group', id };
  await set(keyOf(there), { size: 0, fan });
  return there;
}

/** A group that was deleted, or a member: nothing of it is there. */
const gone = (type: There['type']): There => ({ directory: 'acme', type, id: randomUUID() });

const item = async ({ pk, sk }: Key) =>
  (await table.client.send(new GetCommand({ TableName: table.name, Key: { pk, sk }, ConsistentRead: true }))).Item;
const drop = (Key: Key) => table.client.send(new DeleteCommand({ TableName: table.name, Key }));
const update = (Key: Key, UpdateExpression: string, values: Record<string, unknown>, names?: Record<string, string>) =>
  table.client.send(
    new UpdateCommand({
      TableName: table.name,
      Key,
      UpdateExpression,
      ExpressionAttributeValues: values,
      ...(names && { ExpressionAttributeNames: names }),
    }),
  );

async function set(key: Key, attributes: Record<string, unknown>) {
  const { pk, sk } = key;
  await table.client.send(new PutCommand({ TableName: table.name, Item: { ...(await item(key)), pk, sk, ...attributes } }));
}

const rowKey = (of: There, member: There, fan = 1) => membershipKey(of.directory, of.id, fan, member.id);
const putRow = (of: There, member: There, { fan = 1, ...attributes }: { fan?: number; type?: string; format?: number } = {}) =>
  set(rowKey(of, member, fan), { type: member.type, format: FORMAT, ...attributes });
const list = (of: There, member: There) =>
  update(keyOf(member), 'ADD version :one, groupIds :groups', { ':one': 1, ':groups': new Set([of.id]) });
const unlist = (of: There, member: There) =>
  update(keyOf(member), 'ADD version :one DELETE groupIds :groups', { ':one': 1, ':groups': new Set([of.id]) });
const moveSize = (of: There, change: number) =>
  update(keyOf(of), 'ADD version :one, #size :change', { ':one': 1, ':change': change }, { '#size': 'size' });

async function join(of: There, member: There, fan = 1) {
  await putRow(of, member, { fan });
  await list(of, member);
  await moveSize(of, 1);
}

async function leave(of: There, member: There, fan = 1) {
  await drop(rowKey(of, member, fan));
  await unlist(of, member);
  await moveSize(of, -1);
}

/** The table without what moves with each change. */
const contents = async () => (await table.items()).map(({ version: _, ...rest }) => rest);
const versionOf = async (of: There) => Number((await item(keyOf(of)))?.version);
const isTransaction = ({ command }: SentRequest) => command === 'TransactWriteItems';

/** A group with a user and a group as members, and one without any. */
async function someMembers(directory = 'acme', fan = 1) {
  const [engineers, testers, empty] = [await newGroup(directory, undefined, fan), await newGroup(directory), await newGroup(directory)];
  const ada = await newUser(directory);
  for (const member of [ada, testers]) await join(engineers, member, fan);
  return { engineers, testers, empty, ada };
}

type Some = Awaited<ReturnType<typeof someMembers>>;

interface Damage {
  readonly name: string;
  /** How the checker puts it. */
  readonly says: RegExp;
  /** Whether clients cannot see it, so that it may be there before a repair. */
  readonly isInvisible?: boolean;
  readonly damage: (some: Some) => Promise<unknown>;
  readonly report: object;
  /** Whose version moves when it is put right. */
  readonly moves: readonly (keyof Some)[];
}

const DAMAGES: readonly Damage[] = [
  {
    name: 'a row of a group that is gone',
    says: /^the row .* is of a group that is gone$/,
    isInvisible: true,
    damage: ({ ada }) => putRow(gone('Group'), ada),
    report: { swept: 1 },
    moves: [],
  },
  {
    name: 'a row of a group that is gone, of a member that is gone',
    says: /^the row .* is of a group that is gone$/,
    isInvisible: true,
    damage: () => putRow(gone('Group'), gone('User')),
    report: { swept: 1 },
    moves: [],
  },
  {
    name: 'a user who names a group that is gone',
    says: /^User .* names the group .*, which is gone$/,
    isInvisible: true,
    damage: ({ ada }) => list(gone('Group'), ada),
    report: { swept: 1 },
    moves: ['ada'],
  },
  {
    name: 'a group that names a group that is gone',
    says: /^Group .* names the group .*, which is gone$/,
    isInvisible: true,
    damage: ({ testers }) => list(gone('Group'), testers),
    report: { swept: 1 },
    moves: ['testers'],
  },
  {
    name: 'a row whose member is gone',
    says: /^visible dangling member: /,
    damage: async ({ engineers }) => {
      await putRow(engineers, gone('User'));
      await moveSize(engineers, 1);
    },
    report: { mended: 1 },
    moves: ['engineers'],
  },
  {
    name: 'a user who names a group that has no row of the user',
    says: /^User .* names the group .*, and has no row there$/,
    damage: ({ empty, ada }) => list(empty, ada),
    report: { mended: 1 },
    moves: ['ada'],
  },
  {
    name: 'a row whose user does not name the group',
    says: /^User .* does not name the group of /,
    damage: ({ engineers, ada }) => unlist(engineers, ada),
    report: { mended: 1 },
    moves: ['ada'],
  },
  {
    name: 'a row whose group does not name the group that it is a member of',
    says: /^Group .* does not name the group of /,
    damage: ({ engineers, testers }) => unlist(engineers, testers),
    report: { mended: 1 },
    moves: ['testers'],
  },
  {
    name: 'a row that says that a user is a group',
    says: /^the row .* says Group of a User$/,
    damage: ({ engineers, ada }) => putRow(engineers, ada, { type: 'Group' }),
    report: { mended: 1 },
    moves: ['engineers'],
  },
  {
    name: 'a size that is too large',
    says: /^the size of Group .* says 9, and there are 2$/,
    damage: ({ engineers }) => moveSize(engineers, 7),
    report: { resized: 1 },
    moves: ['engineers'],
  },
  {
    name: 'a size that is too small',
    says: /^the size of Group .* says -1, and there are 2$/,
    damage: ({ engineers }) => moveSize(engineers, -3),
    report: { resized: 1 },
    moves: ['engineers'],
  },
  {
    name: 'a size that is missing',
    says: /^the size of Group .* says 0, and there are 2$/,
    damage: async ({ engineers }) => {
      const { size: _, ...rest } = (await item(keyOf(engineers))) as RawItem;
      await table.client.send(new PutCommand({ TableName: table.name, Item: rest }));
    },
    report: { resized: 1 },
    moves: ['engineers'],
  },
];

test('where nothing is wrong, nothing is written, and as much is read at once as can be', async () => {
  const { engineers } = await someMembers();
  const large = await newGroup('acme', undefined, 16);
  const users = await Promise.all(Array.from({ length: 120 }, () => newUser()));
  for (const one of users) await join(large, one, 16);
  await join(engineers, engineers);
  const { length: items } = await table.items();
  const sent = await table.sentBy(() => expect(repairNow({ segments: 1 })).resolves.toEqual({ ...NOTHING, items }));
  expect(sent.filter(isWrite)).toEqual([]);
  expect(sent.filter(({ command }) => command === 'Query')).toEqual([]);
  // Of 246 links, two for each member, and of two items that are read for each.
  expect(sent.filter(({ command }) => command === 'BatchGetItem').length).toBeLessThanOrEqual(12);
  expect(await check()).toEqual([]);
});

describe.each(DAMAGES)('$name', ({ says, isInvisible = false, damage, report, moves }) => {
  test('is noticed by the checker', async () => {
    const some = await someMembers();
    expect(await check()).toEqual([]);
    await damage(some);
    expect(await check()).toEqual([expect.stringMatching(says)]);
    expect(await check(false)).toHaveLength(isInvisible ? 0 : 1);
  });

  test('is put right once', async () => {
    const some = await someMembers();
    const before = await contents();
    await damage(some);
    const versions = () => Promise.all(Object.values(some).map(versionOf));
    const earlier = await versions();
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, ...report });
    expect(await check()).toEqual([]);
    expect(await contents()).toEqual(before);
    const names = Object.keys(some) as (keyof Some)[];
    expect(await versions()).toEqual(earlier.map((version, i) => version + (moves.some((name) => name === names[i]) ? 1 : 0)));
    const sent = await table.sentBy(() => expect(repairNow()).resolves.toMatchObject(NOTHING));
    expect(sent.filter(isWrite)).toEqual([]);
  });
});

test.each([{ when: 'before' as const }, { when: 'after' as const }])(
  'a repair that dies $when any of its requests is finished by the next one',
  async ({ when }) => {
    const some = await someMembers();
    const before = await contents();
    let n = 1;
    for (let died = true; died; n++) {
      for (const { damage } of DAMAGES) await damage(some);
      died = await dies(n, when);
      await repairNow();
      expect(await check()).toEqual([]);
      expect(await contents()).toEqual(before);
    }
    expect(n).toBeGreaterThan(12);
  },
);

/** Lets a repair die at its n-th request. False if it has fewer, and did not die. */
async function dies(n: number, when: 'before' | 'after'): Promise<boolean> {
  using _ = table.disturb(dieAt(n, when));
  const { requests } = await table.measure(() => repairNow({ segments: 1 }).catch(() => {}));
  return requests >= n;
}

describe('several at once', () => {
  test('leftovers of a large group that is gone are removed in few transactions', async () => {
    const { engineers } = await someMembers();
    const before = gone('Group');
    const users = await Promise.all(Array.from({ length: 40 }, () => newUser()));
    for (const one of users) {
      await putRow(before, one, { fan: 16 });
      await list(before, one);
    }
    const sent = await table.sentBy(() => expect(repairNow({ segments: 1 })).resolves.toMatchObject({ ...NOTHING, swept: 80 }));
    // The rows are under as many as 16 partition keys, and the users in a page or two.
    expect(sent.filter(isTransaction).length).toBeLessThanOrEqual(16 + 4);
    expect(await check()).toEqual([]);
    expect(await item(keyOf(engineers))).toBeDefined();
  });

  test('rows whose members are gone leave the group with the size that is left', async () => {
    const { engineers } = await someMembers();
    for (let i = 0; i < 40; i++) await putRow(engineers, gone('User'));
    await moveSize(engineers, 40);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, mended: 40 });
    expect(await item(keyOf(engineers))).toMatchObject({ size: 2 });
    expect(await check()).toEqual([]);
  });

  test('and a size that was wrong beside them is right afterwards', async () => {
    const { engineers } = await someMembers();
    await putRow(engineers, gone('User'));
    await moveSize(engineers, 2);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, mended: 1, resized: 1 });
    expect(await check()).toEqual([]);
  });

  test('members whose rows name another type and who do not name the group are members as they are', async () => {
    const { engineers, ada } = await someMembers();
    await putRow(engineers, ada, { type: 'Group' });
    await unlist(engineers, ada);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, mended: 1 });
    expect(await item(rowKey(engineers, ada))).toMatchObject({ type: 'User' });
    expect(await check()).toEqual([]);
  });

  test('two rows of one member under two partition keys are two rows', async () => {
    const { engineers, ada } = await someMembers('acme', 16);
    await putRow(engineers, ada, { fan: 1 });
    await unlist(engineers, ada);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, mended: 1, resized: 1 });
    expect(await item(keyOf(engineers))).toMatchObject({ size: 3 });
    expect((await item(keyOf(ada)))?.groupIds).toEqual(new Set([engineers.id]));
  });
});

test('a group that is a member of itself is told so', async () => {
  const { engineers, testers } = await someMembers();
  await join(engineers, engineers);
  for (const member of [engineers, testers]) await unlist(engineers, member);
  await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, mended: 2 });
  expect(await check()).toEqual([]);
});

describe('where the rows of a group are spread', () => {
  test.each([{ fan: 1 }, { fan: 16 }])('one under the partition key of fan $fan is as good as any', async ({ fan }) => {
    const engineers = await newGroup('acme', undefined, 16);
    const ada = await newUser();
    await join(engineers, ada, fan);
    await expect(repairNow()).resolves.toMatchObject(NOTHING);
    await unlist(engineers, ada);
    await putRow(engineers, gone('User'), { fan });
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, mended: 2, resized: 1 });
    expect(await check()).toEqual([]);
    expect(membersKeys('acme', engineers.id, 16)).toContain(rowKey(engineers, ada, fan).pk);
  });
});

/** With one transaction after the other, so that what comes between meets none that is under way. */
const repairAlone = () => repairNow({ segments: 1 });

describe('a change that comes between the reading and the writing is not undone', () => {
  interface Race {
    readonly name: string;
    readonly damage: (some: Some) => Promise<unknown>;
    readonly meanwhile: (some: Some) => Promise<unknown>;
    readonly report: object;
  }
  const RACES: readonly Race[] = [
    {
      name: 'a member who does not name the group leaves it',
      damage: ({ engineers, ada }) => unlist(engineers, ada),
      meanwhile: ({ engineers, ada }) => leave(engineers, ada),
      report: {},
    },
    {
      name: 'a member who does not name the group does so',
      damage: ({ engineers, ada }) => unlist(engineers, ada),
      meanwhile: ({ engineers, ada }) => list(engineers, ada),
      report: {},
    },
    {
      name: 'a user who names a group without a row joins it',
      damage: ({ empty, ada }) => list(empty, ada),
      meanwhile: ({ empty, ada }) => join(empty, ada),
      report: {},
    },
    {
      name: 'a user who names a group without a row joins it when its rows are spread',
      damage: ({ empty, ada }) => list(empty, ada),
      meanwhile: async ({ empty, ada }) => {
        await set(keyOf(empty), { fan: 16 });
        await join(empty, ada, 16);
      },
      report: {},
    },
    {
      name: 'a user who names a group without a row leaves it',
      damage: ({ empty, ada }) => list(empty, ada),
      meanwhile: ({ empty, ada }) => unlist(empty, ada),
      report: {},
    },
    {
      name: 'a user joins and leaves groups while an entry is removed',
      damage: ({ ada }) => list(gone('Group'), ada),
      meanwhile: async ({ engineers, empty, ada }) => {
        await leave(engineers, ada);
        await join(empty, ada);
      },
      report: { swept: 1 },
    },
    {
      name: 'members join while a row is removed whose member is gone',
      damage: async ({ engineers }) => {
        await putRow(engineers, gone('User'));
        await moveSize(engineers, 1);
      },
      meanwhile: async ({ engineers, empty }) => join(engineers, empty),
      report: { mended: 1 },
    },
    {
      name: 'a member leaves and another one joins while a size is set',
      damage: ({ engineers }) => moveSize(engineers, 7),
      meanwhile: async ({ engineers, empty, ada }) => {
        await leave(engineers, ada);
        await join(engineers, empty);
      },
      report: { resized: 1 },
    },
    {
      name: 'members join while a size is set',
      damage: ({ engineers }) => moveSize(engineers, 7),
      meanwhile: ({ engineers, empty }) => join(engineers, empty),
      report: { resized: 1 },
    },
  ];

  test.each(RACES)('$name', async ({ damage, meanwhile, report }) => {
    const some = await someMembers();
    await damage(some);
    let seen: unknown;
    const change = async () => {
      await meanwhile(some);
      seen = await memberships();
    };
    using _ = table.disturb(hold(first(isTransaction), change));
    await expect(repairAlone()).resolves.toMatchObject({ ...NOTHING, ...report });
    expect(seen).toBeDefined();
    expect(await check()).toEqual([]);
    if (Object.keys(report).length === 0) expect(await memberships()).toEqual(seen);
  });

  test('a group that was not there yet when its rows were seen keeps them', async () => {
    const { ada } = await someMembers();
    const late = { ...gone('Group') };
    await putRow(late, ada);
    await list(late, ada);
    using _ = table.disturb(
      hold(first(isTransaction), async () => {
        await newGroup('acme', late.id);
        await moveSize(late, 1);
      }),
    );
    await expect(repairAlone()).resolves.toMatchObject(NOTHING);
    expect(await check()).toEqual([]);
    expect(await item(rowKey(late, ada))).toBeDefined();
  });

  test('a size that is right by chance, as a member joined meanwhile, is looked at again', async () => {
    const { engineers, empty } = await someMembers();
    await moveSize(engineers, 1);
    const isQuery = ({ command }: SentRequest) => command === 'Query';
    using _ = table.disturb(hold(first(isQuery), () => join(engineers, empty)));
    await expect(repairAlone()).resolves.toMatchObject({ ...NOTHING, resized: 1 });
    expect(await check()).toEqual([]);
  });

  test('what never stands still is reported and left', async () => {
    const { engineers, ada, testers } = await someMembers();
    await moveSize(engineers, 1);
    await unlist(engineers, ada);
    let n = 0;
    const restless = async () => {
      await (n++ % 2 === 0 ? list(engineers, ada) : unlist(engineers, ada));
      await list(engineers, testers);
      await moveSize(engineers, 0);
    };
    using _ = table.disturb(hold(isTransaction, restless));
    const { busy, resized } = await repairAlone();
    expect(busy).toBeGreaterThanOrEqual(1);
    expect(resized).toBe(0);
    expect(await item(keyOf(engineers))).toMatchObject({ size: 3 });
  });
});

/** Who is a member of what, as it lies in the table. */
const memberships = async () => (await contents()).filter(({ pk, groupIds }) => groupIds !== undefined || pk.includes('#members#'));

describe('what is left alone', () => {
  test('is another directory than the one that was asked for', async () => {
    for (const name of ['acme', 'acme-2']) {
      const some = await someMembers(name);
      for (const { damage } of DAMAGES) await damage(some);
    }
    const others = async () => (await table.items()).filter(({ pk }) => !pk.startsWith('acme#'));
    const before = await others();
    await repairNow({ directory: 'acme' });
    expect(await others()).toEqual(before);
    expect((await check()).filter((sentence) => !sentence.includes('acme-2'))).toEqual([]);
    await repairNow();
    expect(await check()).toEqual([]);
  });

  test('is another directory with the same ids', async () => {
    const [a, b] = [randomUUID(), randomUUID()];
    const both = await Promise.all(
      ['acme', 'umbrella'].map(async (name) => ({ group: await newGroup(name, a), user: await newUser(name, b) })),
    );
    const [acme, umbrella] = both as [(typeof both)[number], (typeof both)[number]];
    await join(acme.group, acme.user);
    const before = await contents();
    await list(umbrella.group, umbrella.user);
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, mended: 1 });
    expect(await contents()).toEqual(before);
    await putRow(umbrella.group, umbrella.user);
    await drop(keyOf(umbrella.user));
    expect(await check()).toContainEqual(expect.stringMatching(/^visible dangling member: umbrella#/));
    await expect(repairNow()).resolves.toMatchObject({ mended: 1 });
    expect(await item(rowKey(acme.group, acme.user))).toBeDefined();
  });

  test.each([
    { name: 'groups', named: [user], unknown: /#members#|#Group|count.*Group/ },
    { name: 'users', named: [group], unknown: /#User|count.*User/ },
  ])('is what cannot be judged without $name, and it is counted', async ({ named, unknown }) => {
    const { engineers, ada } = await someMembers();
    await putRow(gone('Group'), ada);
    await list(gone('Group'), ada);
    await putRow(engineers, gone('User'));
    await moveSize(engineers, 1);
    const before = await table.items();
    const { length } = before.filter(({ pk, sk }) => unknown.test(`${pk} ${sk}`));
    await expect(repair(table, named, { pause: 0 })).resolves.toMatchObject({ ...NOTHING, unknown: length });
    expect(await table.items()).toEqual(before);
    expect(await checkTable(table, named, { afterRepair: true })).toEqual([]);
  });

  test.each([
    { name: 'a group', of: ({ engineers }: Some) => keyOf(engineers) },
    { name: 'a member', of: ({ ada }: Some) => keyOf(ada) },
    { name: 'a row', of: ({ engineers, ada }: Some) => rowKey(engineers, ada) },
  ])('is what a newer version has written, and what leads to it: $name', async ({ of }) => {
    const some = await someMembers();
    await unlist(some.engineers, some.ada);
    await set(of(some), { format: FORMAT + 1 });
    const before = await memberships();
    const sent = await table.sentBy(() =>
      expect(repairNow()).resolves.toMatchObject({ mended: 0, swept: 0, resized: 0, busy: 0, newer: 1 }),
    );
    expect(sent.filter(({ input }) => JSON.stringify(input.TransactItems ?? []).includes('groupIds'))).toEqual([]);
    expect(await memberships()).toEqual(before);
  });

  test('is a row that a newer version has written of a group that is gone, and of a member that is', async () => {
    const { engineers, ada } = await someMembers();
    await putRow(gone('Group'), ada, { format: FORMAT + 1 });
    await putRow(engineers, gone('User'), { format: FORMAT + 1 });
    await moveSize(engineers, 1);
    const before = await table.items();
    await expect(repairNow()).resolves.toMatchObject({ ...NOTHING, newer: 2 });
    expect(await table.items()).toEqual(before);
  });
});
