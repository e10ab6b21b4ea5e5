import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Readable } from 'node:stream';
import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { first, hold, isWrite } from '../support/disturbances.ts';

jest.unstable_mockModule('../../lambdas/scim/schemas/entitlement-types.ts', () => import('../support/badge-types.ts'));
const { create, get, patch } = await import('../../lambdas/directory/operations.ts');
const { etag } = await import('../../lambdas/scim/resource.ts');
const { assignmentsSchema } = await import('../../lambdas/scim/schemas/assignments.ts');
const { resourceTypeNamed, typesOnSharedRoute } = await import('../../lambdas/scim/schemas/registry.ts');
const { user, userSchema } = await import('../../lambdas/scim/schemas/user.ts');
const { readCatalogueFile } = await import('../../lib/operator/catalogue.ts');
const { importEntitlements } = await import('../../lib/operator/import-entitlements.ts');
const { OperatorError } = await import('../../lib/operator/operator-error.ts');
const { BADGE_URN } = await import('../support/badge-types.ts');
const { eachOnFreshTable } = await import('../support/fresh-table.ts');
const { checkTable } = await import('../support/table-checker.ts');
const { directoryOn } = await import('../support/test-table.ts');
type TestTable = import('../support/test-table.ts').TestTable;
type ResourceType = import('../../lambdas/scim/schemas/resource-type.ts').ResourceType;
type ImportReport = import('../../lib/operator/import-entitlements.ts').ImportReport;

let table: TestTable;
eachOnFreshTable((fresh) => {
  table = fresh;
});

const role = resourceTypeNamed('Role') as ResourceType;
const badge = resourceTypeNamed('Badge') as ResourceType;
const acme = () => ({ ...directoryOn(table), scopes: ['application'] as const });
const importNow = (catalogue: unknown, dryRun = false) => importEntitlements(acme(), typesOnSharedRoute, catalogue, { dryRun });
const actionsOf = ({ resources }: ImportReport) => resources.map(({ id, action }) => `${action} ${id}`);
const writes = async (act: () => Promise<unknown>) => (await table.sentBy(act)).filter(isWrite).length;

const badgeOf = (id: string, details: object = {}, more: object = {}) => ({
  id,
  displayName: `Badge ${id}`,
  [BADGE_URN]: { building: 'North', ...details },
  ...more,
});
const CATALOGUE = {
  Roles: [
    { id: 'admin', displayName: 'Administrator', description: 'May change everything' },
    { id: 'auditor', displayName: 'Auditor' },
  ],
  '/badges': [badgeOf('b1', { chip: 'C1', doors: 3 }), badgeOf('b2', {}, { [assignmentsSchema.id]: { totalAssignmentsPermitted: 5 } })],
  ENTITLEMENT: [{ id: 7, displayName: 'Seven', schemas: ['urn:okta:scim:schemas:core:1.0:Entitlement'] }],
};
const IDS = ['admin', 'auditor', 'b1', 'b2', '7'];

describe('an import', () => {
  test('makes what the catalogue names, with the schemas that it follows, and says so', async () => {
    const { resources, extra } = await importNow(CATALOGUE);
    expect(resources).toEqual(
      ['Role', 'Role', 'Badge', 'Badge', 'Entitlement'].map((type, i) => ({ type, id: IDS[i], action: 'create', attributes: [] })),
    );
    expect(extra).toEqual([]);
    await expect(get(acme(), badge, 'b1')).resolves.toMatchObject({
      body: { displayName: 'Badge b1', type: 'Badge', [BADGE_URN]: { building: 'North', chip: 'C1', doors: 3 } },
    });
    expect(await checkTable(table, typesOnSharedRoute, { afterRepair: true })).toEqual([]);
  });

  test('that is done again leaves all as it is, and writes nothing', async () => {
    await importNow(CATALOGUE);
    let report: ImportReport | undefined;
    const sent = await writes(async () => {
      report = await importNow(CATALOGUE);
    });
    expect(report?.resources.map(({ action }) => action)).toEqual(IDS.map(() => 'unchanged'));
    expect(sent).toBe(0);
  });

  test('makes a resource what the catalogue says: what that leaves out is removed', async () => {
    await importNow(CATALOGUE);
    const changed = {
      roles: [{ id: 'admin', displayName: 'Root' }],
      badges: [badgeOf('b1', { building: 'South', chip: 'C1' })],
    };
    await expect(importNow(changed)).resolves.toEqual({
      resources: [
        { type: 'Role', id: 'admin', action: 'update', attributes: ['displayName', 'description'] },
        { type: 'Badge', id: 'b1', action: 'update', attributes: [`${BADGE_URN}:building`, `${BADGE_URN}:doors`] },
      ],
      extra: [
        { type: 'Role', id: 'auditor' },
        { type: 'Entitlement', id: '7' },
        { type: 'Badge', id: 'b2' },
      ],
    });
    expect((await get(acme(), role, 'admin')).body).toEqual({ displayName: 'Root' });
    expect((await get(acme(), role, 'auditor')).body).toEqual({ displayName: 'Auditor' });
  });

  test('leaves the numbers of those who have something alone, and what a reader was shown changes nothing', async () => {
    await importNow(CATALOGUE);
    const granted = { schemas: [userSchema.id], userName: 'ada', entitlements: [{ value: 'b2', type: 'Badge' }] };
    await create({ ...acme(), scopes: ['provision'] }, user, granted);
    const shown = { totalAssignmentsPermitted: 5, totalAssignmentsUsed: 77 };
    const meta = { resourceType: 'Badge', version: etag({ version: 1 }) };
    const again = await importNow({ Badges: [badgeOf('b2', {}, { [assignmentsSchema.id]: shown, meta })] });
    expect(actionsOf(again)).toEqual(['unchanged b2']);
    await importNow({ Badges: [badgeOf('b2', { doors: 1 })] });
    await expect(get(acme(), badge, 'b2')).resolves.toMatchObject({ assigned: 1 });
  });

  test('tells beforehand exactly what it then does, and writes nothing for that', async () => {
    await importNow({ ...CATALOGUE, Badges: [badgeOf('b9')] });
    const next = {
      Roles: [{ id: 'admin', displayName: 'Administrator' }, CATALOGUE.Roles[1], { id: 'new', displayName: 'New' }],
      Badges: [badgeOf('b1', { chip: 'C2' }), badgeOf('b3', { chip: 'C1' })],
    };
    const before = await table.items();
    const foreseen = await importNow(next, true);
    expect(await table.items()).toEqual(before);
    expect(actionsOf(foreseen)).toEqual(['update admin', 'unchanged auditor', 'create new', 'update b1', 'create b3']);
    await expect(importNow(next)).resolves.toEqual(foreseen);
    expect((await importNow(next, true)).resources.map(({ action }) => action)).toEqual(foreseen.resources.map(() => 'unchanged'));
  });

  test('reads all that is there at once, looks for nothing that it creates, and tells of both', async () => {
    const roles = (count: number) => ({ Roles: Array.from({ length: count }, (_, i) => ({ id: `r${i}`, displayName: `Role ${i}` })) });
    const sent = async (act: () => Promise<unknown>) => (await table.sentBy(act)).map(({ command }) => command);
    const dry = [await sent(() => importNow(roles(1), true)), await sent(() => importNow(roles(30), true))];
    expect(dry[1]).toEqual(dry[0]);
    const told: unknown[][] = [];
    const created = await sent(() =>
      importEntitlements(acme(), typesOnSharedRoute, roles(3), { onProgress: (...progress) => told.push(progress) }),
    );
    expect(created.filter((command) => command !== 'TransactWriteItems')).toEqual(dry[0]);
    expect(told.at(0)).toEqual(['Reading what is there', 0, 0, 'resources']);
    expect(told.at(-1)).toEqual(['Writing what changes', 3, 3, 'resources']);
    const again = [await sent(() => importNow(roles(3), true)), await sent(() => importNow(roles(3)))];
    expect(again[1]).toEqual(again[0]);
  });
});

/** What is told of a catalogue that is refused, by the dry run and by the import alike. */
async function mistakes(catalogue: unknown): Promise<string> {
  const [foreseen, message] = [await refusalOf(catalogue, true), await refusalOf(catalogue, false)];
  expect(message).toBe(foreseen);
  return message;
}

async function refusalOf(catalogue: unknown, dryRun: boolean): Promise<string> {
  try {
    await importNow(catalogue, dryRun);
  } catch (error) {
    if (error instanceof OperatorError) return error.message;
  }
  throw new Error('the catalogue was not refused');
}

describe('a catalogue with mistakes changes nothing, and all of them are told', () => {
  test.each<{ what: string; catalogue: unknown; told: readonly string[] }>([
    { what: 'no object', catalogue: [], told: ['expected an object', 'Roles (Role)', 'Badges (Badge)'] },
    {
      what: 'an unknown type',
      catalogue: { Widgets: [], Users: [] },
      told: ['Widgets: no type', 'Users: no type', 'Roles (Role), Entitlements'],
    },
    { what: 'no array', catalogue: { Roles: { id: 'a' } }, told: ['Roles: expected an array'] },
    { what: 'no resource', catalogue: { Roles: ['a', null] }, told: ['Roles[0]: expected an object', 'Roles[1]: expected'] },
    { what: 'no id', catalogue: { Roles: [{ displayName: 'A' }] }, told: ['Roles[0]: id: required'] },
    { what: 'what can be no id', catalogue: { Roles: [{ id: 'a/b', displayName: 'A' }] }, told: ['Roles[0] (a/b): id: expected 1 to 255'] },
    {
      what: 'an id that comes twice',
      catalogue: { Roles: [{ id: 'a', displayName: 'A' }], role: [{ id: 'a', displayName: 'B' }] },
      told: ['role[0] (a): id: the same as that of Roles[0] (a)'],
    },
    { what: 'a value that is missing', catalogue: { Roles: [{ id: 'a' }] }, told: ['Roles[0] (a): displayName: required'] },
    {
      what: 'a value of another type',
      catalogue: { Badges: [badgeOf('a', { doors: 'many' })] },
      told: [`Badges[0] (a): ${BADGE_URN}:doors: expected an integer`],
    },
    {
      what: 'a name that no schema has',
      catalogue: { Roles: [{ id: 'a', displayName: 'A', descripton: 'x' }] },
      told: ['Roles[0] (a): descripton: no attribute of a Role'],
    },
    {
      what: 'schemas without the one of the type',
      catalogue: { Roles: [{ id: 'a', displayName: 'A', schemas: [] }] },
      told: ['Roles[0] (a): schemas: expected'],
    },
    {
      what: 'another type inside',
      catalogue: { Badges: [badgeOf('a', {}, { type: 'Entitlement' })] },
      told: ['Badges[0] (a): type: expected Badge'],
    },
    {
      what: 'a value that two must not share',
      catalogue: { Badges: [badgeOf('a', { chip: 'X' }), badgeOf('b', { chip: 'X' })] },
      told: [`Badges[1] (b): ${BADGE_URN}:chip: the same as that of a`],
    },
    {
      what: 'a value that somebody has',
      catalogue: { Badges: [badgeOf('a', { chip: 'T' })] },
      told: [`Badges[0] (a): ${BADGE_URN}:chip: the same as that of taken`],
    },
    {
      what: 'several',
      catalogue: { Roles: [{ id: 'fine', displayName: 'Fine' }, { id: 'a' }], Badges: [{ id: 'b', displayName: 'B' }] },
      told: ['2 mistakes', 'Roles[1] (a)', 'Badges[0] (b)'],
    },
  ])('$what', async ({ catalogue, told }) => {
    await create(acme(), badge, { schemas: [badge.schema.id, BADGE_URN], ...badgeOf('taken', { chip: 'T' }) });
    const before = await table.items();
    const message = await mistakes(catalogue);
    for (const text of told) expect(message).toContain(text);
    expect(await table.items()).toEqual(before);
  });

  test('not more of them than one can read', async () => {
    const message = await mistakes({ Roles: Array.from({ length: 60 }, (_, i) => ({ id: `r${i}` })) });
    expect(message.split('\n')).toHaveLength(52);
    expect(message).toMatch(/60 mistakes[\s\S]*Roles\[49\][\s\S]*and 10 more$/);
  });
});

describe('while others are at work', () => {
  const isFirstWrite = () => first(isWrite);

  test('what somebody else has made meanwhile becomes what the catalogue says', async () => {
    const made = () => create(acme(), role, { schemas: [role.schema.id], id: 'admin', displayName: 'Mine' });
    using _ = table.disturb(hold(isFirstWrite(), made));
    await expect(importNow({ Roles: [CATALOGUE.Roles[0]] })).resolves.toMatchObject({ resources: [{ action: 'update' }] });
    expect((await get(acme(), role, 'admin')).body).toMatchObject({ displayName: 'Administrator' });
  });

  test('what somebody else changes meanwhile is changed on top of that', async () => {
    await importNow(CATALOGUE);
    const others = () => patch(acme(), role, 'admin', [{ op: 'replace', path: 'externalId', value: 'X' }]);
    using _ = table.disturb(hold(isFirstWrite(), others));
    await importNow({ Roles: [{ id: 'admin', displayName: 'Root' }] });
    await expect(get(acme(), role, 'admin')).resolves.toMatchObject({ body: { displayName: 'Root' }, version: expect.any(Number) });
    expect((await get(acme(), role, 'admin')).body).toEqual({ displayName: 'Root' });
  });
});

test('an import that fails midway says what was done, and the next one finishes it', async () => {
  const Roles = Array.from({ length: 30 }, (_, i) => ({ id: `r${i}`, displayName: `Role ${i}` }));
  await replaceable();
  let seen = 0;
  const failure = await (async () => {
    using _ = table.disturb(async (request, pass) => {
      if (isWrite(request) && ++seen > 12) throw new Error('the network is gone');
      return pass();
    });
    return await importNow({ Roles }).catch((error: unknown) => error);
  })();
  expect(failure).toBeInstanceOf(OperatorError);
  const { message, report } = failure as Error & { report: ImportReport };
  expect(message).toMatch(/^Role r\d+, Roles\[\d+\] \(r\d+\): the network is gone\. \d+ of 30 changes were made: run the import again/);
  const { totalResults } = await rolesThere();
  expect(report.resources.filter(({ action }) => action === 'create').length).toBe(totalResults - 1);
  const { resources } = await importNow({ Roles });
  expect(resources.filter(({ action }) => action === 'create')).toHaveLength(30 - (totalResults - 1));
  expect(await checkTable(table, typesOnSharedRoute, { afterRepair: true })).toEqual([]);
});

/** One that is not in the catalogue. */
const replaceable = () => create(acme(), role, { schemas: [role.schema.id], id: 'zz', displayName: 'Other' });
const rolesThere = () => acme().store.search(acme(), role, { startIndex: 1, count: 0 });

describe('the file of a catalogue', () => {
  let folder: string;
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'rollcall-catalogue-'));
  });
  afterEach(async () => rm(folder, { recursive: true, force: true }));

  test('is read, also from standard input, and with a mark of the byte order', async () => {
    const file = join(folder, 'catalogue.json');
    await writeFile(file, `\uFEFF${JSON.stringify(CATALOGUE)}`);
    await expect(readCatalogueFile(file)).resolves.toEqual(CATALOGUE);
    await expect(readCatalogueFile('-', Readable.from([Buffer.from('{"Roles":'), Buffer.from('[]}')]))).resolves.toEqual({ Roles: [] });
  });

  test.each([
    { what: 'is not there', file: 'none.json', told: 'cannot be read' },
    { what: 'is a folder', file: '.', told: 'cannot be read' },
    { what: 'is not JSON', file: 'catalogue.json', told: 'is not JSON' },
  ])('that $what is told by its name', async ({ file, told }) => {
    await writeFile(join(folder, 'catalogue.json'), '{ "Roles": [ }');
    const reading = readCatalogueFile(join(folder, file));
    await expect(reading).rejects.toBeInstanceOf(OperatorError);
    await expect(readCatalogueFile(join(folder, file))).rejects.toMatchObject({ message: expect.stringContaining(told) });
  });
});
