import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { PassThrough, Writable, type WritableOptions } from 'node:stream';
import { text as textOf } from 'node:stream/consumers';
import { stripVTControlCharacters } from 'node:util';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { typedPath } from '../../lib/command-line/arguments.ts';
import { runCommandLine } from '../../lib/command-line/command-line.ts';
import { listen } from '../../lib/local/listen.ts';
import { type SecretsManager, startSecretsManager } from '../../lib/local/secrets-manager.ts';
import { collecting } from '../support/collecting.ts';
import { type TestTable, testTable } from '../support/test-table.ts';

/*
 * The command line against the table and the secrets of a stack that runs on this machine. Its functions are not asked here.
 */

let table: TestTable;
let manager: SecretsManager;
let folder: string;
let running: object;
beforeAll(async () => {
  table = await testTable();
  manager = await startSecretsManager();
  folder = mkdtempSync(join(tmpdir(), 'rollcall-data-'));
  running = {
    pid: process.pid,
    // Something has to answer there.
    address: manager.endpoint,
    baseUrl: 'http://127.0.0.1:1/acme/scim/v2',
    apiUrl: 'http://127.0.0.1:1',
    credentialCacheSeconds: 60,
    dynamodb: process.env.TEST_DYNAMODB_ENDPOINT,
    secretsManager: manager.endpoint,
    table: table.name,
    secretPrefix: 'rollcall',
  };
  writeFileSync(join(folder, 'running.json'), JSON.stringify(running));
});
afterAll(async () => {
  await manager[Symbol.asyncDispose]();
  await table[Symbol.asyncDispose]();
  rmSync(folder, { recursive: true });
});

interface Ran {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

/** Runs a command with what somebody types, if there is somebody. */
async function run(
  args: readonly string[],
  { typed, isTTY = typed !== undefined }: { typed?: string; isTTY?: boolean } = {},
): Promise<Ran> {
  const [stdout, stderr] = [collecting(isTTY), collecting(isTTY)];
  const stdin = Object.assign(new PassThrough(), { isTTY });
  stdin.end(typed === undefined ? '' : `${typed}\n`);
  const code = await runCommandLine(args, { stdout: stdout.stream, stderr: stderr.stream, stdin });
  return { code, stdout: stdout.written(), stderr: stderr.written() };
}

const local = (...args: string[]) => ['--local', '--data', folder, ...args];
const json = async (...args: string[]) => JSON.parse((await run(local(...args, '--json'))).stdout);

describe('every command', () => {
  test('takes global options before it and behind it', async () => {
    const { token } = await json('create', 'Options');
    expect(token).toMatch(/^rc\.options\./);
    const ways = [
      ['--local', '--data', folder, '--json', 'show', 'options'],
      ['show', 'options', '--local', '--data', folder, '--json'],
      ['show', '--json', 'options', '--local', `--data=${folder}`],
    ];
    for (const args of ways) expect(JSON.parse((await run(args)).stdout)).toMatchObject({ directory: 'options' });
    const nested = [
      ['--json', 'token', '--local', 'list', 'options', '--data', folder],
      ['token', 'list', '--json', 'options', '--local', '--data', folder],
    ];
    for (const args of nested) expect(JSON.parse((await run(args)).stdout)).toMatchObject([{ label: 'first token' }]);
  });

  test.each(
    [
      [],
      ['create'],
      ['list'],
      ['show'],
      ['update'],
      ['delete'],
      ['token'],
      ['token', 'create'],
      ['token', 'list'],
      ['token', 'rotate'],
      ['token', 'revoke'],
      ['entitlements', 'import'],
      ['connect'],
      ['repair'],
      ['reindex'],
    ].map((command) => ({ command })),
  )('has help that one can learn from: $command', async ({ command }) => {
    const { code, stdout, stderr } = await run([...command, '--help']);
    expect([code, stderr]).toEqual([0, '']);
    expect(stdout).toContain('Usage: npm run directory --');
    for (const option of ['--json', '--local', '--data', '--stack', '--region', '--profile']) expect(stdout).toContain(option);
  });

  test.each([
    { what: 'no command', args: [], says: 'Usage:' },
    { what: 'an unknown command', args: ['creat'], says: "unknown command 'creat'" },
    { what: 'an unknown option', args: ['list', '--all'], says: "unknown option '--all'" },
    { what: 'a missing argument', args: ['create'], says: "missing required argument 'name'" },
    { what: 'an argument too many', args: ['list', 'acme'], says: 'too many arguments' },
    { what: 'a duration that is none', args: ['token', 'create', 'acme', '--expires', 'soon'], says: 'such as 90d or 24h' },
    { what: 'an unknown scope', args: ['token', 'create', 'acme', '--scope', 'all'], says: 'Allowed choices are provision, application' },
    { what: 'an unknown client', args: ['connect', 'ping', 'acme'], says: 'Allowed choices are okta, entra' },
    { what: 'an id that is none', args: ['create', 'Acme', '--id', 'Acme Corp'], says: 'is no id of a directory: expected 1 to 63 of a-z' },
    { what: 'the id of no directory', args: ['show', 'a b'], says: 'is no id of a directory: expected 1 to 63 of a-z' },
    {
      what: 'a name that makes no id',
      args: ['create', '株式会社'],
      says: 'error: no id can be made of the name "株式会社": give one with --id',
    },
    { what: 'a name that a terminal obeys', args: ['create', 'a\u001b[31m', '--id', 'a'], says: 'name: expected 1 to 200 characters' },
    { what: 'a new name that is none', args: ['update', 'acme', '--name', ' '], says: 'name: expected 1 to 200 characters' },
    { what: 'a label that is none', args: ['token', 'create', 'acme', '--label', ''], says: 'label: expected 1 to 200 characters' },
    { what: 'no region', args: ['list', '--region', ''], says: 'expected the name of an AWS region, such as eu-west-1' },
    { what: 'a region that is none', args: ['list', '--region', 'eu west 1'], says: 'expected the name of an AWS region' },
    { what: 'days that are none', args: ['delete', 'acme', '--recovery-days', '3'], says: 'expected 0, or 7 to 30' },
  ])('that is not understood ends with 2, and says why: $what', async ({ args, says }) => {
    const { code, stdout, stderr } = await run(args);
    expect([code, stdout]).toEqual([2, '']);
    expect(stderr).toContain(says);
  });

  test('that fails ends with 1, and one line says why; standard output stays empty', async () => {
    for (const args of [
      ['show', 'nobody'],
      ['token', 'list', 'nobody'],
      ['update', 'nobody'],
      ['delete', 'nobody', '--yes'],
      ['connect', 'okta', 'nobody'],
    ]) {
      const { code, stdout, stderr } = await run(local(...args));
      expect([args, code, stdout]).toEqual([args, 1, '']);
      expect(stderr).toBe('rollcall: there is no directory nobody: list shows those that there are\n');
    }
  });

  test('says to start the stack where none runs', async () => {
    const empty = mkdtempSync(join(tmpdir(), 'rollcall-data-'));
    const { code, stderr } = await run(['list', '--local', '--data', empty]);
    rmSync(empty, { recursive: true });
    expect([code, stderr]).toEqual([1, expect.stringContaining('npm start')]);
  });

  test('prints nothing but one line of JSON if it is asked to', async () => {
    await run(local('create', 'Json', '--label', 'okta'));
    for (const args of [
      ['list'],
      ['show', 'json'],
      ['update', 'json', '--name', 'JSON Ltd.'],
      ['token', 'create', 'json', '--expires', '1d'],
      ['token', 'list', 'json'],
      ['token', 'list'],
      ['token', 'rotate', 'json', 'okta', '--overlap', '1h'],
      ['token', 'revoke', 'json', 'token'],
      ['connect', 'okta', 'json'],
      ['connect', 'entra', 'json'],
      ['repair', 'json'],
      ['reindex', 'json'],
    ]) {
      const { code, stdout } = await run(local(...args, '--json'));
      expect([args, code]).toEqual([args, 0]);
      expect(stdout.trimEnd().split('\n')).toHaveLength(1);
      expect(() => JSON.parse(stdout)).not.toThrow();
    }
  });

  test('has colours on a terminal alone', async () => {
    const saved = process.env.NO_COLOR;
    delete process.env.NO_COLOR;
    const [plain, coloured] = [await run(local('list')), await run(local('list'), { isTTY: true })];
    if (saved !== undefined) process.env.NO_COLOR = saved;
    expect(plain.stdout).not.toContain('\u001b');
    expect(stripVTControlCharacters(coloured.stdout)).toBe(plain.stdout);
  });
});

describe('what people see', () => {
  test('of a directory that is created: what to hand over, and the token this once', async () => {
    const { stdout } = await run(local('create', 'Acme Corp'));
    const [, token = ''] = /Token +(rc\.acme-corp\.[\w-]{43})\n/.exec(stdout) ?? [];
    expect(token).not.toBe('');
    expect(stdout).toContain('http://127.0.0.1:1/acme-corp/scim/v2');
    for (const args of [['show', 'acme-corp'], ['list'], ['token', 'list'], ['show', 'acme-corp', '--json']])
      expect((await run(local(...args))).stdout).not.toContain(token.slice(-43));
  });

  test('of what there is: columns below headings, times to the minute', async () => {
    await run(local('create', 'Columns', '--label', 'okta'));
    const { stdout } = await run(local('token', 'list', 'columns'));
    const [head = '', row = ''] = stdout.split('\n');
    expect(head).toMatch(/^TOKEN +LABEL +SCOPE +STATE +CREATED +EXPIRES +LAST USED$/);
    expect(row.slice(head.indexOf('LABEL'))).toMatch(/^okta {3}provision {2}live {3}\d{4}-\d\d-\d\d \d\d:\d\d {2}never {4}never$/);
  });

  test('of a revoked token: for how long it may still be good, and that none is left', async () => {
    await run(local('create', 'Revoked', '--label', 'okta'));
    const { stdout, stderr } = await run(local('token', 'revoke', 'revoked', 'okta'));
    expect(stdout).toMatch(/is revoked. It is refused in 120 s at the latest\.\n$/);
    expect(stderr).toBe('Note: revoked has no live token any more: token create revoked makes one\n');
  });

  test('of a secret that cannot be read, and the exit code tells as well', async () => {
    await run(local('create', 'Spoilt'));
    await json('token', 'list');
    const { SecretsManagerClient, PutSecretValueCommand } = await import('@aws-sdk/client-secrets-manager');
    const { LOCAL_CREDENTIALS } = await import('../../lib/local/table.ts');
    const client = new SecretsManagerClient({ ...LOCAL_CREDENTIALS, endpoint: manager.endpoint });
    await client.send(new PutSecretValueCommand({ SecretId: 'rollcall/spoilt', SecretString: '{"tokens": "rc.secret"}' }));
    const { code, stderr } = await run(local('token', 'list'));
    expect(code).toBe(1);
    expect(stderr).toContain('the tokens of spoilt cannot be listed');
    expect(stderr).not.toContain('rc.secret');
    client.destroy();
  });
});

describe('where nobody reads', () => {
  /** As a pipe whose reader has gone, or a disk that is full. */
  const unwritable = (code: string) => {
    const write: WritableOptions['write'] = (_chunk, _, done) => done(Object.assign(new Error('cannot write'), { code }));
    return Object.assign(new Writable({ write }), { isTTY: false }).on('error', () => {});
  };
  const runUnread = async (code: string, ...args: string[]) => {
    const stderr = collecting(false);
    const stdin = Object.assign(new PassThrough(), { isTTY: false });
    const exitCode = await runCommandLine(local(...args), { stdout: unwritable(code), stderr: stderr.stream, stdin });
    return { code: exitCode, stderr: stderr.written() };
  };

  test('any more, a command ends quietly', async () => {
    await run(local('create', 'Unread'));
    expect(await runUnread('EPIPE', 'show', 'unread', '--json')).toEqual({ code: 0, stderr: '' });
    expect(await runUnread('ENOSPC', 'list')).toEqual({ code: 1, stderr: 'rollcall: standard output cannot be written (cannot write)\n' });
  });

  test('a token, it is told how to get another one, and to end this one', async () => {
    const created = await runUnread('EPIPE', 'create', 'Lost');
    expect([created.code, created.stderr]).toEqual([
      1,
      expect.stringContaining('make another one with token create lost, and end this one'),
    ]);
    const { code, stderr } = await runUnread('EPIPE', 'token', 'create', 'lost', '--json');
    const { id } = (await json('token', 'list', 'lost')).find(({ label }: { label: string }) => label === 'token');
    expect([code, stderr]).toEqual([
      1,
      expect.stringContaining(`make another one with token create lost, and end this one with token revoke lost ${id}`),
    ]);
  });

  test.each(['--help', 'create --help'])('%s, the process ends without a word', async (args) => {
    const child = spawn(process.execPath, ['bin/directory.ts', ...args.split(' ')], { stdio: ['ignore', 'pipe', 'pipe'] });
    child.stdout.destroy();
    const [stderr, [code]] = await Promise.all([textOf(child.stderr), once(child, 'close')]);
    expect([code, stderr]).toEqual([0, '']);
  });
});

describe('an import', () => {
  const catalogueOf = (catalogue: object) => {
    const file = join(folder, 'catalogue.json');
    writeFileSync(file, JSON.stringify(catalogue));
    return file;
  };

  /** What stands in front of the database, and refuses some of what is asked of it. */
  async function startDenying(isDenied: (asked: { readonly action: string | undefined; readonly body: string }) => boolean) {
    const server = createServer(async (request, response) => {
      const body = await textOf(request);
      const { host: _host, connection: _connection, 'content-length': _length, ...headers } = request.headers;
      const isRefused = isDenied({ action: String(headers['x-amz-target']).split('.').at(-1), body });
      const answer = isRefused
        ? undefined
        : await fetch(`${process.env.TEST_DYNAMODB_ENDPOINT}`, { method: 'POST', headers: headers as Record<string, string>, body });
      response.writeHead(answer?.status ?? 400, { 'content-type': 'application/x-amz-json-1.0' });
      response.end(
        answer ? await answer.text() : JSON.stringify({ __type: 'com.amazonaws.dynamodb#AccessDeniedException', message: 'not allowed' }),
      );
    });
    const port = await listen(server);
    return { endpoint: `http://127.0.0.1:${port}`, [Symbol.asyncDispose]: async () => void server.close().closeAllConnections() };
  }

  test('that stops midway shows what was done, and ends with 1', async () => {
    await run(local('create', 'Midway'));
    await using denying = await startDenying(({ action, body }) => action === 'TransactWriteItems' && body.includes('"r3"'));
    const elsewhere = mkdtempSync(join(tmpdir(), 'rollcall-data-'));
    writeFileSync(join(elsewhere, 'running.json'), JSON.stringify({ ...running, dynamodb: denying.endpoint }));
    const file = catalogueOf({ Roles: ['r1', 'r2', 'r3', 'r4', 'r5', 'r6'].map((id) => ({ id, displayName: id })) });
    const importIt = (...args: string[]) => run(['entitlements', 'import', 'midway', file, '--local', '--data', elsewhere, ...args]);
    const people = await importIt();
    expect([people.code, people.stderr]).toEqual([1, expect.stringContaining('rollcall: Role r3, Roles[2] (r3): ')]);
    expect(people.stdout).toMatch(/^ACTION +TYPE +ID +WHAT CHANGES\ncreate +Role +r1\ncreate +Role +r2\n/);
    const { code, stdout } = await importIt('--json');
    expect([code, JSON.parse(stdout)]).toEqual([
      1,
      expect.objectContaining({
        directory: 'midway',
        resources: expect.arrayContaining([expect.objectContaining({ id: 'r1', action: 'unchanged' })]),
        error: expect.stringContaining('changes were made: run the import again to make the others'),
      }),
    ]);
    rmSync(elsewhere, { recursive: true });
  });

  test('finds its file where it is named, though npm runs elsewhere', () => {
    const typedAt = (npm_lifecycle_event: string | undefined) => typedPath('roles.json', { npm_lifecycle_event, INIT_CWD: '/home/ada' });
    expect([typedAt('directory'), typedAt('test'), typedAt(undefined)]).toEqual(['/home/ada/roles.json', 'roles.json', 'roles.json']);
    expect(typedPath('/tmp/roles.json', { npm_lifecycle_event: 'directory', INIT_CWD: '/home/ada' })).toBe('/tmp/roles.json');
    expect(typedPath('roles.json', { npm_lifecycle_event: 'directory' })).toBe('roles.json');
  });

  test('shows what is wrong with a file without what a terminal obeys', async () => {
    await run(local('create', 'Escapes'));
    const file = catalogueOf({ '\u001b]0;title\u0007': [], Roles: [{ id: '\u001b[31mred\u0007\n\u009b', nothing: 1 }] });
    const { code, stderr } = await run(local('entitlements', 'import', 'escapes', file));
    expect(code).toBe(1);
    expect(stderr).toContain('\\u001b[31mred\\u0007\\u000a\\u009b');
    expect(stderr).toContain('\\u001b]0;title\\u0007: no type of the catalogue');
    expect(stderr.replaceAll('\n', '')).not.toMatch(/\p{Control}/u);
  });
});

describe('a deletion', () => {
  test('asks for the id, and goes on for nothing else', async () => {
    await run(local('create', 'Kept'));
    const { code, stdout, stderr } = await run(local('delete', 'kept'), { typed: 'yes' });
    expect([code, stdout]).toEqual([1, '']);
    expect(stderr).toContain('This removes kept (Kept, http://127.0.0.1:1/kept/scim/v2) and all that is in it, for ever.');
    expect(stderr).toContain('that is not its id: nothing was deleted');
    expect(await json('show', 'kept')).toMatchObject({ state: 'active' });
  });

  test('does not begin where nobody can be asked and nobody has said yes', async () => {
    await run(local('create', 'Alone'));
    const { code, stderr } = await run(local('delete', 'alone'));
    expect([code, stderr]).toEqual([1, 'rollcall: nobody is there to be asked: add --yes to delete it all the same\n']);
    expect(await json('show', 'alone')).toMatchObject({ state: 'active' });
  });
});
