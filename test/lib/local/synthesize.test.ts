import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, truncateSync, utimesSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { synthesize } from '../../../lib/local/synthesize.ts';
import { temporaryFolder } from '../../support/npm-start.ts';

/** In the place of the CDK app: tells in a file that it ran, and writes what it was given. */
const APP = `
import { appendFileSync, mkdirSync, writeFileSync } from 'node:fs';
import { users } from '../lambdas/users.ts';
const { CDK_OUTDIR: folder, CDK_CONTEXT_JSON: context, CDK_DEFAULT_REGION: region } = process.env;
appendFileSync('runs', '.');
mkdirSync(folder + '/asset.1');
writeFileSync(folder + '/asset.1/index.mjs', users);
writeFileSync(folder + '/Rollcall.assets.json', JSON.stringify({ files: {} }));
writeFileSync(folder + '/Rollcall.template.json', JSON.stringify({ Outputs: { Given: { Value: context + region } } }));
`;
const SOURCES = {
  'bin/rollcall.ts': APP,
  'lambdas/users.ts': "export const users = 'users';",
  'lib/constructs/api.ts': '',
  'lib/local/stack.ts': '',
  'lib/operator/deployment.ts': '',
  'cdk.json': '{"context":{"a":1}}',
  'package.json': '{"type":"module"}',
  'package-lock.json': '{}',
  'tsconfig.json': '{}',
  'node_modules/.package-lock.json': '{}',
};

let folder: string;
let source: string;
let cache: string;
beforeEach(() => {
  folder = temporaryFolder();
  source = join(folder, 'source');
  cache = join(folder, 'cache', 'synth');
  for (const [name, content] of Object.entries(SOURCES)) write(name, content);
});
afterEach(() => {
  delete process.env.CDK_DEFAULT_REGION;
  rmSync(folder, { recursive: true });
});

function write(name: string, content: string): void {
  mkdirSync(dirname(join(source, name)), { recursive: true });
  writeFileSync(join(source, name), content);
}

/** The files that a start has, by their names. */
async function synthesized(options: Parameters<typeof synthesize>[1] = {}): Promise<Record<string, string>> {
  const output = temporaryFolder();
  try {
    await synthesize(output, { source, cache, ...options });
    const files = readdirSync(output, { recursive: true, withFileTypes: true }).filter((entry) => entry.isFile());
    return Object.fromEntries(files.map(({ parentPath, name }) => [name, readFileSync(join(parentPath, name), 'utf8')]));
  } finally {
    rmSync(output, { recursive: true });
  }
}

const runs = (): number => (existsSync(join(source, 'runs')) ? readFileSync(join(source, 'runs'), 'utf8').length : 0);
const kept = (): string[] => (existsSync(cache) ? readdirSync(cache) : []);

test('the same sources give the same files, and the CDK app runs once', async () => {
  const first = await synthesized();
  expect(Object.keys(first).sort()).toEqual(['Rollcall.assets.json', 'Rollcall.template.json', 'index.mjs']);
  expect(await synthesized()).toEqual(first);
  expect(runs()).toBe(1);
});

test.each([
  { name: 'bin/rollcall.ts', content: `${APP}// Another.` },
  { name: 'lambdas/users.ts', content: "export const users = 'others';" },
  { name: 'lambdas/http/new.ts', content: '' },
  { name: 'lib/constructs/api.ts', content: '// Another.' },
  { name: 'cdk.json', content: '{"context":{"a":2}}' },
  { name: 'package.json', content: '{"type":"module","sideEffects":false}' },
  { name: 'package-lock.json', content: '{"packages":{}}' },
  { name: 'tsconfig.json', content: '{"compilerOptions":{}}' },
  { name: 'node_modules/.package-lock.json', content: '{"packages":{}}' },
])('another $name has the CDK app run', async ({ name, content }) => {
  await synthesized();
  write(name, content);
  await synthesized();
  expect(runs()).toBe(2);
  if (name in SOURCES) write(name, SOURCES[name as keyof typeof SOURCES]);
  else rmSync(join(source, name));
  await synthesized();
  expect(runs()).toBe(2);
});

test('another address, and another variable that the CDK reads, are in what is written', async () => {
  const given = async (baseUrl: string) => (await synthesized({ context: { baseUrl } }))['Rollcall.template.json'];
  expect(await given('https://a.example')).toContain('a.example');
  expect(await given('https://b.example')).toContain('b.example');
  process.env.CDK_DEFAULT_REGION = 'eu-west-1';
  expect(await given('https://b.example')).toContain('eu-west-1');
});

test.each(['lib/local/stack.ts', 'lib/operator/deployment.ts'])(
  'what the CDK app is not made of, as %s, does not have it run',
  async (name) => {
    await synthesized();
    write(name, '// Another.');
    await synthesized();
    expect(runs()).toBe(1);
  },
);

describe('what is kept', () => {
  const half = (file: string) => truncateSync(file, Math.floor(readFileSync(file).length / 2));
  const changed = (file: string) => {
    const content = readFileSync(file);
    const middle = Math.floor(content.length / 2);
    content.writeUInt8(content.readUInt8(middle) ^ 1, middle);
    writeFileSync(file, content);
  };

  test.each([
    { how: 'truncated', damage: half },
    { how: 'changed in one bit', damage: changed },
    { how: 'empty', damage: (file: string) => truncateSync(file) },
  ])('and is $how is made anew', async ({ damage }) => {
    const first = await synthesized();
    for (const name of kept()) damage(join(cache, name));
    expect(await synthesized()).toEqual(first);
    expect(await synthesized()).toEqual(first);
    expect(runs()).toBe(2);
  });

  test('is whole, however many make it at once', async () => {
    const all = await Promise.all(Array.from({ length: 10 }, () => synthesized()));
    expect(new Set(all.map((each) => JSON.stringify(each))).size).toBe(1);
    expect(kept()).toHaveLength(1);
    expect(await synthesized()).toEqual(all[0]);
  });

  test('are the four that were last used; drafts that nobody writes any more go', async () => {
    const hoursAgo = (name: string, hours: number) => {
      const time = Date.now() / 1_000 - hours * 3_600;
      utimesSync(join(cache, name), time, time);
    };
    await synthesized();
    const [first = ''] = kept();
    const unused = ['a', 'b', 'c', 'd', 'dead.1.new', 'alive.1.new'];
    for (const [index, name] of unused.entries()) {
      writeFileSync(join(cache, name), '');
      hoursAgo(name, 2 + index);
    }
    hoursAgo('alive.1.new', 0.5);
    hoursAgo(first, 9);
    await synthesized();
    await synthesized({ context: { baseUrl: 'https://a.example' } });
    expect(runs()).toBe(2);
    const others = kept().filter((name) => name.length < 64);
    expect([others.sort(), kept().includes(first), kept().length]).toEqual([['a', 'alive.1.new', 'b'], true, 5]);
  });
});

describe('nothing is kept', () => {
  test('of an app that fails, whose message is told', async () => {
    write('lambdas/users.ts', "export const users = ''; throw new Error('no users');");
    await expect(synthesized()).rejects.toThrow(/^the CDK app failed:\n(.*\n)*Error: no users/);
    expect(kept()).toEqual([]);
    write('lambdas/users.ts', SOURCES['lambdas/users.ts']);
    expect(await synthesized()).toMatchObject({ 'index.mjs': 'users' });
  });

  test('of one that is told to end', async () => {
    write('lambdas/users.ts', 'export const users = await new Promise((resolve) => setTimeout(resolve, 60_000, "late"));');
    const stop = new AbortController();
    const ended = synthesized({ signal: stop.signal });
    stop.abort();
    await expect(ended).rejects.toThrow();
    await expect(synthesized({ signal: stop.signal })).rejects.toThrow();
    expect([kept(), runs()]).toEqual([[], 0]);
  });

  test('of sources that change while they are read', async () => {
    write('bin/rollcall.ts', `${APP}appendFileSync('lambdas/users.ts', '\\n');`);
    await synthesized();
    expect(kept()).toEqual([]);
  });

  test('where it cannot be written', async () => {
    writeFileSync(join(folder, 'cache'), '');
    const first = await synthesized();
    expect(await synthesized()).toEqual(first);
    expect(runs()).toBe(2);
  });
});
