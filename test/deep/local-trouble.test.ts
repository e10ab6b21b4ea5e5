import { once } from 'node:events';
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { listen } from '../../lib/local/listen.ts';
import { npmStart, processesWith, temporaryFolder } from '../support/npm-start.ts';
import { type Ended, pathWithJava, runLocal } from '../support/run-local.ts';

/** One line on standard error, nothing on standard output, exit code 1. */
const failure = (line: RegExp): Ended => ({ status: 1, stdout: '', said: [expect.stringMatching(line) as unknown as string] });

describe('what cannot work says so in one line, with exit code 1', () => {
  test('a port that is in use', async () => {
    const server = createServer();
    const port = await listen(server);
    const ended = await runLocal(['--memory', '--port', String(port)]);
    expect(ended).toEqual(failure(/^rollcall: port \d+ is in use: choose another with --port, or --port 0 to have one picked$/));
    server.close();
  });

  test('a port that is none', async () => {
    const { status, said } = await runLocal(['--memory', '--port', '70000']);
    expect([status, said.join()]).toEqual([1, expect.stringContaining('--port')]);
  });

  test('a BASE_URL that is no address', async () => {
    const { status, stdout, said } = await runLocal(['--memory'], { env: { BASE_URL: 'tunnel.example' } });
    expect([status, stdout]).toEqual([1, '']);
    expect(said).toEqual([expect.stringMatching(/^rollcall: BASE_URL: expected an address such as https:/)]);
  });

  test.each([
    { context: 'credentialCacheSeconds=1m', line: /^rollcall: credentialCacheSeconds: expected a whole number from 0 to 3600, got "1m"$/ },
    { context: 'credentialCacheSeconds', line: /^error: option '-c, --context <key=value>' argument .* expected key=value$/ },
  ])('the context $context', async ({ context, line }) => {
    expect(await runLocal(['--memory', '-c', context])).toEqual(failure(line));
  });

  test('a DYNAMODB_ENDPOINT where nothing answers', async () => {
    const ended = await runLocal(['--memory'], { env: { DYNAMODB_ENDPOINT: 'http://127.0.0.1:1' } });
    expect(ended).toEqual(failure(/^rollcall: DYNAMODB_ENDPOINT: nothing answers at http:\/\/127\.0\.0\.1:1$/));
  });

  test('a DYNAMODB_ENDPOINT where something else answers', async () => {
    const server = createHttpServer((_, response) => response.end('<html>'));
    const port = await listen(server);
    const ended = await runLocal(['--memory'], { env: { DYNAMODB_ENDPOINT: `http://127.0.0.1:${port}` } });
    expect(ended).toEqual(failure(/^rollcall: what answers at http:\S+ makes no table: is it a DynamoDB\? \(/));
    server.close();
  });

  test('no place for temporary files', async () => {
    const ended = await runLocal(['--memory'], { env: { TMPDIR: join(temporaryFolder(), 'nonexistent') } });
    expect(ended).toEqual(failure(/^rollcall: there is no place for temporary files .*: set TMPDIR /));
  });

  test.each([
    { what: 'on a read-only disk, or where not even root can write', data: '/dev/fd/rollcall' },
    { what: 'below a file', data: '/dev/null/rollcall' },
  ])('a data folder $what', async ({ data }) => {
    const ended = await runLocal(['--data', data]);
    expect(ended).toEqual(failure(new RegExp(`^rollcall: ${data} cannot be written .*--data, or keep nothing with --memory$`)));
  });
});

describe('a data folder that is damaged', () => {
  const folder = temporaryFolder();
  const file = (name: string) => join(folder, name);
  const kept = new Map<string, Buffer>();
  beforeAll(async () => {
    const scratch = temporaryFolder();
    await using stack = await npmStart(scratch);
    process.kill(stack.running.pid, 'SIGTERM');
    await once(stack.npm, 'exit');
    for (const name of ['operator.json', 'secrets.json', 'stack.lock', 'dynamodb.lock', 'dynamodb/shared-local-instance.db'])
      kept.set(name, readFileSync(join(scratch, name)));
  });
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Starts on the folder as a stack has left it, but for one file. */
  const withDamage = async (name: string, damage: (path: string) => void): Promise<Ended> => {
    rmSync(folder, { recursive: true, force: true });
    mkdirSync(file('dynamodb'), { recursive: true });
    for (const [each, content] of kept) writeFileSync(file(each), content);
    damage(file(name));
    const ended = await runLocal(['--data', folder]);
    expect(processesWith(folder)).toEqual([]);
    return ended;
  };
  const holding = (text: string) => (path: string) => writeFileSync(path, text);
  const halved = (path: string) => truncateSync(path, Math.floor(statSync(path).size / 2));
  const aFile = (path: string) => {
    rmSync(path, { recursive: true });
    writeFileSync(path, '');
  };
  const aFolder = (path: string) => {
    rmSync(path, { force: true });
    mkdirSync(path);
  };

  describe.each([
    { name: 'operator.json', help: /: restore it, or delete it to have new tokens made$/ },
    { name: 'secrets.json', help: /: restore it, or delete it: the operator's own tokens are made good, those of others are lost$/ },
  ])('$name', ({ name, help }) => {
    test.each([
      { how: 'is not JSON', damage: holding('no JSON') },
      { how: 'is JSON of another shape', damage: holding('{"directory":"acme","token":7}') },
      { how: 'holds tokens or secrets that are none', damage: holding('{"directory":"acme","token":"a","applicationToken":"b"}') },
      { how: 'is null', damage: holding('null') },
      { how: 'is empty', damage: holding('') },
      { how: 'is truncated', damage: halved },
    ])('$how', async ({ damage }) => {
      const ended = await withDamage(name, damage);
      expect(ended).toEqual(failure(new RegExp(`^rollcall: ${file(name)} is damaged \\(`)));
      expect(ended).toEqual(failure(help));
    });
  });

  test('a secret of another shape', async () => {
    const ended = await withDamage('secrets.json', (path) => {
      writeFileSync(path, readFileSync(path, 'utf8').replaceAll('sha256', 'md5'));
    });
    expect(ended).toEqual(failure(/^rollcall: secrets\.json, in the data folder, is damaged \(.*: restore it, or delete it/));
  });

  test.each([
    { how: 'is garbage', damage: holding('no database '.repeat(2_000)) },
    { how: 'is truncated', damage: halved },
    { how: 'is empty, although there was something in it', damage: holding('') },
  ])('the database $how', async ({ damage }) => {
    const ended = await withDamage('dynamodb/shared-local-instance.db', damage);
    expect(ended).toEqual(
      failure(/^rollcall: the database \S+ is damaged .*: restore it, or delete the folder \S+ to begin anew: its users/),
    );
  });

  test.each([{ name: 'stack.lock' }, { name: 'dynamodb.lock' }])('the lock file $name', async ({ name }) => {
    const ended = await withDamage(name, holding('no lock'));
    expect(ended).toEqual(failure(new RegExp(`^rollcall: the lock file ${file(name)} cannot be used .*: delete it, nothing is lost`)));
  });

  test.each([
    { name: '.', damage: aFile, line: /^rollcall: \S+ should be a folder, and is a file: move it away/ },
    { name: 'dynamodb', damage: aFile, line: /^rollcall: \S+ should be a folder, and is a file: move it away/ },
    { name: 'operator.json', damage: aFolder, line: /^rollcall: \S+ should be a file, and is a folder: move it away/ },
    { name: 'running.json', damage: aFolder, line: /^rollcall: \S+ should be a file, and is a folder: move it away/ },
  ])('$name of the other kind', async ({ name, damage, line }) => {
    expect(await withDamage(name, damage)).toEqual(failure(line));
  });
});

describe('a Java that is of no use', () => {
  const folder = temporaryFolder();
  afterAll(() => rmSync(folder, { recursive: true, force: true }));

  /** Nothing can be brought: the way to it is barred at once. */
  const offline = { JAVA_HOME: undefined, HTTPS_PROXY: 'http://127.0.0.1:1', NO_PROXY: undefined, no_proxy: undefined };
  const places = { HOME: folder, XDG_CACHE_HOME: join(folder, 'cache'), TMPDIR: folder };

  test.each([
    { what: 'none at all', script: undefined, why: 'Java is missing' },
    {
      what: 'Java 8',
      script:
        'echo \'Exception in thread "main" java.lang.UnsupportedClassVersionError: a/B has been compiled by a more recent version of the Java Runtime (class file version 55.0), this version of the Java Runtime only recognizes class file versions up to 52.0\' >&2; exit 1',
      why: 'Java 8 is too old',
    },
    {
      what: "macOS's stub",
      script:
        'echo "The operation couldn’t be completed. Unable to locate a Java Runtime." >&2; echo "Please visit http://www.java.com" >&2; exit 1',
      why: 'Java is missing',
    },
  ])('$what: where none can be brought either, the message names the ways out', async ({ what, script, why }) => {
    const PATH = pathWithJava(join(folder, what), script);
    const ended = await runLocal(['--memory'], { env: { ...offline, ...places, PATH } });
    expect(ended).toEqual(
      failure(new RegExp(`^rollcall: ${why}, and bringing a JRE failed \\(.*ECONNREFUSED.*\\): install Java 11 or later`)),
    );
    for (const way of ['DYNAMODB_ENDPOINT=http://', 'amazon/dynamodb-local']) expect(ended).toEqual(failure(new RegExp(way)));
    const left = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((each) =>
      /^(cache|Library).*(jre|draft)|^rollcall-/.test(each),
    );
    expect(left).toEqual([]);
  });

  test('ROLLCALL_JRE_DOWNLOAD=never has none brought', async () => {
    const env = { ...offline, ...places, PATH: pathWithJava(join(folder, 'forbidden')), ROLLCALL_JRE_DOWNLOAD: 'never' };
    expect(await runLocal(['--memory'], { env })).toEqual(failure(/^rollcall: Java is missing: install Java 11 or later/));
  });

  test('what a Java says that fails otherwise is repeated', async () => {
    const PATH = pathWithJava(
      join(folder, 'failing'),
      'echo "Picked up JAVA_TOOL_OPTIONS: -Xmx1k" >&2; echo "Error: Too small maximum heap" >&2; exit 1',
    );
    const ended = await runLocal(['--memory'], { env: { ...offline, ...places, PATH } });
    expect(ended).toEqual(failure(/^rollcall: DynamoDB Local did not start with java: Error: Too small maximum heap$/));
  });
});
