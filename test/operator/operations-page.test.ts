import { execFileSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { expect, test } from '@jest/globals';
import { create } from '../../lambdas/directory/operations.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { markDeleting, noteRevoked, updateDirectory as updateRow } from '../../lambdas/store/directories.ts';
import { deleteDirectory } from '../../lib/operator/delete-directory.ts';
import { createDirectory, listDirectories, showDirectory } from '../../lib/operator/directories.ts';
import { importCatalogue } from '../../lib/operator/import-catalogue.ts';
import { scopeOf } from '../../lib/operator/rows.ts';
import { changeSecret } from '../../lib/operator/secrets.ts';
import { createToken, listTokens, revokeToken, rotateToken } from '../../lib/operator/tokens.ts';
import { updateDirectory } from '../../lib/operator/update-directory.ts';
import { reindexDirectories, repairDirectories } from '../../lib/operator/upkeep.ts';
import { type TestDeployment, testDeployment } from '../support/deployment.ts';
import { directoryOn } from '../support/test-table.ts';

const page = readFileSync('docs/operations.md', 'utf8');

test('the example for a product of its own loads, from where it says', () => {
  const [, example = ''] = /^```ts\n(.*?)^```$/ms.exec(page) ?? [];
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-example-'));
  const file = join(folder, 'enable-scim.ts');
  writeFileSync(file, example.replaceAll("'./rollcall/", `'${pathToFileURL(process.cwd()).href}/`));
  const script = `const { enableScim } = await import(${JSON.stringify(pathToFileURL(file).href)}); console.log(typeof enableScim)`;
  const loaded = execFileSync(process.execPath, ['--input-type=module', '-e', script], { encoding: 'utf8' });
  rmSync(folder, { recursive: true });
  expect(loaded.trim()).toBe('function');
});

test('each function of the table is where it says', async () => {
  const rows = [...page.matchAll(/^\| ((?:`\w+`,? ?)+) \| `([\w-]+\.ts)` \|/gm)];
  expect(rows.length).toBeGreaterThan(7);
  for (const [, names = '', file] of rows) {
    const module = await import(`../../lib/operator/${file}`);
    for (const [, name = ''] of names.matchAll(/`(\w+)`/g)) expect([file, name, typeof module[name]]).toEqual([file, name, 'function']);
  }
});

const PARTIQL: Readonly<Record<string, string>> = { DELETE: 'PartiQLDelete', UPDATE: 'PartiQLUpdate', INSERT: 'PartiQLInsert' };
const IN_TRANSACTION: Readonly<Record<string, string>> = {
  Put: 'PutItem',
  Update: 'UpdateItem',
  Delete: 'DeleteItem',
  ConditionCheck: 'ConditionCheckItem',
};

interface Input {
  readonly TransactItems?: readonly object[];
  readonly Statements?: readonly { readonly Statement: string }[];
}

/** The actions that IAM asks about for a request. */
function actionsOf(name: string, { TransactItems = [], Statements = [] }: Input): string[] {
  const inside = [
    ...TransactItems.flatMap((item) => Object.keys(item)).map((kind) => IN_TRANSACTION[kind] ?? kind),
    ...Statements.map(({ Statement }) => PARTIQL[Statement.split(' ', 1).join()] ?? Statement),
  ];
  return inside.length > 0 ? inside : [name.replace(/Command$/, '')];
}

/** Notes what is asked of DynamoDB and of Secrets Manager. */
function noting({ table, secrets }: TestDeployment): Set<string> {
  const actions = new Set<string>();
  const note =
    (service: string) =>
    (next: (args: never) => Promise<unknown>, { commandName = '' }: { readonly commandName?: string }) =>
    (args: { readonly input: Input }) => {
      for (const action of actionsOf(commandName, args.input)) actions.add(`${service}:${action}`);
      return next(args as never);
    };
  table.client.middlewareStack.add(note('dynamodb') as never, { step: 'initialize' });
  secrets.client.middlewareStack.add(note('secretsmanager') as never, { step: 'initialize' });
  return actions;
}

const LONG_AGO = new Date('2026-01-01T00:00:00Z');

/** All that an operator does. */
async function doAll(deployment: TestDeployment) {
  const { table } = deployment;
  const { directory } = await createDirectory(deployment, { name: 'Acme' });
  const on = directoryOn(table, directory);
  const { id } = await create(on, user, { schemas: [userSchema.id], userName: 'ada', externalId: '00u1' });
  await create(on, group, { schemas: [groupSchema.id], displayName: 'Pilots', members: [{ value: id }] });
  const used = noting(deployment);
  await createToken(deployment, directory, { label: 'second' });
  await rotateToken(deployment, directory, { token: 'second' });
  await revokeToken(deployment, directory, 'second');
  await listTokens(deployment, directory);
  await importCatalogue(deployment, directory, { Roles: [{ id: 'r', displayName: 'R' }] }, {});
  await importCatalogue(deployment, directory, { Roles: [{ id: 'r', displayName: 'Other' }] }, {});
  // A change that was interrupted long ago has nobody to wait for.
  const [settings, since] = [{ uniqueGroupNames: true }, LONG_AGO.toISOString()];
  await updateRow(table, scopeOf(directory), { settings, changing: since, toldAt: since });
  await changeSecret(deployment, directory, (secret) => ({ ...secret, settings, settingsSince: since }));
  await updateDirectory(deployment, directory, { name: 'Acme Inc.' });
  await repairDirectories(deployment);
  await reindexDirectories(deployment);
  await showDirectory(deployment, directory);
  await createDirectory(deployment, { name: 'Globex' });
  await listDirectories(deployment);
  const row = await markDeleting(table, scopeOf(directory), LONG_AGO);
  if (row) await noteRevoked(table, scopeOf(directory), row, LONG_AGO);
  await deleteDirectory(deployment, directory);
  return used;
}

test('no permission is used that the policy of the page does not give', async () => {
  const policies = [...page.matchAll(/^```json\n(.*?)^```$/gms)].map(([, json = '']) => JSON.parse(json));
  const statements: { readonly Action: string | readonly string[] }[] = policies.find(({ Statement }) => Statement)?.Statement;
  const given = statements.flatMap(({ Action }) => Action);
  await using deployment = await testDeployment();
  const used = [...(await doAll(deployment))];
  expect(used.length).toBeGreaterThan(12);
  expect(used.filter((action) => !given.includes(action))).toEqual([]);
  // What only a table takes that has been damaged.
  const unused = given.filter((action) => !used.includes(action));
  expect(unused.sort()).toEqual(['cloudformation:DescribeStacks', 'dynamodb:PartiQLUpdate']);
});
