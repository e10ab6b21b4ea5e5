import { execFileSync } from 'node:child_process';
import { readdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { bringJava, installedJavas, whyUnfit } from '../../../lib/local/java.ts';
import { type FakeAdoptiumOptions, fakeAdoptium } from '../../support/fake-adoptium.ts';
import { processesWith, temporaryFolder } from '../../support/npm-start.ts';

describe('why a Java is unfit', () => {
  test.each([
    { said: 'spawn java ENOENT\n', why: 'Java is missing' },
    { said: 'spawn /opt/java/bin/java EACCES\n', why: 'Java is missing' },
    { said: 'The operation couldn’t be completed. Unable to locate a Java Runtime.\nPlease visit …', why: 'Java is missing' },
    { said: 'No Java runtime present, requesting install.', why: 'Java is missing' },
    {
      said: 'java.lang.UnsupportedClassVersionError: a/B … this version of the Java Runtime only recognizes class file versions up to 52.0',
      why: 'Java 8 is too old',
    },
    { said: 'java.lang.UnsupportedClassVersionError: a/B : Unsupported major.minor version 52.0', why: 'Java is too old' },
    { said: 'Error: Too small maximum heap', why: undefined },
    { said: '', why: undefined },
  ])('$said', ({ said, why }) => {
    expect(whyUnfit(said)).toBe(why);
  });
});

describe('bringing a JRE', () => {
  let folder: string;
  let cache: string;
  beforeEach(() => {
    folder = temporaryFolder();
    cache = join(folder, process.platform === 'darwin' ? 'Library/Caches/rollcall' : 'cache/rollcall');
  });
  afterEach(() => rmSync(folder, { recursive: true, force: true }));

  const places = () => ({ PATH: process.env.PATH, HOME: folder, XDG_CACHE_HOME: join(folder, 'cache') });
  const bring = async (options: FakeAdoptiumOptions, signal?: AbortSignal) => {
    await using adoptium = await fakeAdoptium(folder, options);
    const env = { ...places(), ...adoptium.env };
    return { env, java: await bringJava({ why: 'Java is missing', env, ...(signal && { signal }) }), requests: adoptium.requests };
  };

  test('it lies in the cache of the user, runs, and is found at the next start', async () => {
    const { env, java, requests } = await bring({ java: 'echo brought' });
    expect(java.startsWith(join(cache, 'jre-17'))).toBe(true);
    expect(execFileSync(java, { encoding: 'utf8' })).toBe('brought\n');
    expect(installedJavas(env)).toEqual(['java', java]);
    expect(readdirSync(cache)).toEqual(['jre-17']);
    expect(requests[0]).toMatch(/^\/v3\/binary\/latest\/17\/ga\/.*\/jre\/hotspot\/normal\/eclipse$/);
  });

  test.each([
    { what: 'an archive that is not what its checksum says', options: { java: 'exit 0', spoilt: true }, reason: /checksum don't match/ },
    { what: 'a JRE that does not run here', options: { java: 'exit 1' }, reason: /Command failed: .*java -version/ },
  ])('$what is refused, and nothing is left of it', async ({ options, reason }) => {
    await expect(bring(options)).rejects.toThrow(reason);
    expect(readdirSync(cache)).toEqual([]);
    expect(installedJavas(places())).toEqual(['java']);
  });

  test('where it cannot be had, nothing is left of the attempt', async () => {
    const env = { ...places(), HTTPS_PROXY: 'http://127.0.0.1:1' };
    await expect(bringJava({ why: 'Java is missing', env })).rejects.toThrow(
      /^Java is missing, and bringing a JRE failed \(.*ECONNREFUSED.*\): install Java 11 or later/,
    );
    expect(readdirSync(cache)).toEqual([]);
  });

  test('a cache that cannot be made is said', async () => {
    await expect(
      bringJava({ why: 'Java is missing', env: { ...places(), HOME: '/dev/null', XDG_CACHE_HOME: '/dev/null' } }),
    ).rejects.toThrow(/bringing a JRE failed \(.*\/dev\/null/);
  });

  test('it is given up when it is told to, and leaves neither a process nor a file', async () => {
    const stop = new AbortController();
    const progress = () => stop.abort(new Error('stopped'));
    const env = { ...places(), HTTPS_PROXY: 'http://127.0.0.1:1' };
    await expect(bringJava({ why: 'Java is missing', env, progress, signal: stop.signal })).rejects.toThrow('stopped');
    expect([readdirSync(cache), processesWith(cache)]).toEqual([[], []]);
  });

  test('the JAVA_HOME of the user comes before what was brought', () => {
    expect(installedJavas({ ...places(), JAVA_HOME: '/opt/java' })).toEqual(['java', '/opt/java/bin/java']);
  });
});
