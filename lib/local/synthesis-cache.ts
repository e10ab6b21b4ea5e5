import { createHash } from 'node:crypto';
import { globSync, readdirSync, readFileSync, rmSync, statSync, utimesSync } from 'node:fs';
import { join, relative } from 'node:path';
import { deserialize, serialize } from 'node:v8';
import { gunzipSync, gzipSync } from 'node:zlib';
import { makeFolder, writeFileAtomically } from './files.ts';

/** What a synthesis wrote: contents by path. */
export type Files = ReadonlyMap<string, Uint8Array>;

/** How many are kept, the last used ones. */
const KEPT = 4;
/** How long a draft may be one that somebody is still writing. */
const DRAFT_MS = 3_600_000;

/**
 * What a synthesis is made of. What is installed is told by the lock file, and by npm's own record of it: the two differ between
 * a pull and the install that should follow.
 */
const SOURCES = [
  'bin/rollcall.ts',
  'lib/**',
  'lambdas/**',
  'cdk.json',
  'package.json',
  'package-lock.json',
  'tsconfig.json',
  'node_modules/.package-lock.json',
];

/**
 * The variables that can change what is written: all that the CDK, jsii and esbuild have in their names (accounts, regions,
 * context, validation, deprecations), and how Node starts and finds modules, which esbuild looks at too. Not where it is written.
 */
const isRead = (name: string): boolean => name !== 'CDK_OUTDIR' && /^(CDK|JSII|ESBUILD)_|^NODE_(OPTIONS|PATH)$/.test(name);

/** A digest of all that a synthesis depends on, which the local stack and the operator's commands are no part of. Throws if something cannot be read. */
export function synthesisKey(source: string, environment: NodeJS.ProcessEnv): string {
  const variables = Object.entries(environment).filter(([name]) => isRead(name));
  const hash = createHash('sha256').update(JSON.stringify([process.version, variables.sort()]));
  const entries = globSync(SOURCES, {
    cwd: source,
    exclude: ['lib/local/**', 'lib/operator/**', 'lib/command-line/**'],
    withFileTypes: true,
  });
  const files = entries.filter((entry) => !entry.isDirectory()).map(({ parentPath, name }) => join(parentPath, name));
  for (const file of files.sort()) {
    const content = readFileSync(file);
    hash.update(JSON.stringify([relative(source, file), content.length])).update(content);
  }
  return hash.digest('hex');
}

/**
 * What was made under the same key before, or else is made now, and kept in the folder for the next time. A key that cannot be
 * told, or a folder that cannot be written, has nothing kept. Throws what making it throws.
 */
export async function remembered(folder: string, keyOf: () => string, make: () => Promise<Files>): Promise<Files> {
  const key = attempt(keyOf);
  if (key === undefined) return make();
  const entry = join(folder, key);
  const kept = attempt(() => read(entry));
  if (kept) return kept;
  const made = await make();
  // Sources that changed meanwhile may be in it: it belongs to neither key.
  if (attempt(keyOf) === key) attempt(() => keep(folder, entry, made));
  return made;
}

/** One file holds it all, so that it is there as a whole or not at all. Throws if it is not there, or its checksum tells of damage. */
function read(entry: string): Files {
  const files: Files = deserialize(gunzipSync(readFileSync(entry)));
  attempt(() => utimesSync(entry, new Date(), new Date()));
  return files;
}

function keep(folder: string, entry: string, files: Files): void {
  makeFolder(folder);
  writeFileAtomically(entry, gzipSync(serialize(files)));
  prune(folder);
}

/** Others may prune at the same time, and who reads a file that is removed has it open. */
function prune(folder: string): void {
  const found = readdirSync(folder).flatMap((name) => {
    const file = join(folder, name);
    const stat = statSync(file, { throwIfNoEntry: false });
    return stat ? [{ file, isDraft: name.endsWith('.new'), used: stat.mtimeMs }] : [];
  });
  const outlived = found.filter(({ isDraft }) => !isDraft).sort((a, b) => b.used - a.used);
  const abandoned = found.filter(({ isDraft, used }) => isDraft && used < Date.now() - DRAFT_MS);
  for (const { file } of [...outlived.slice(KEPT), ...abandoned]) rmSync(file, { force: true });
}

/** What may fail without harm: then a synthesis takes its time. */
function attempt<T>(act: () => T): T | undefined {
  try {
    return act();
  } catch {
    return undefined;
  }
}
