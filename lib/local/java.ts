import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, globSync, mkdtempSync, readdirSync, renameSync, rmSync, statSync } from 'node:fs';
import { homedir } from 'node:os';
import { isAbsolute, join } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { reasonOf } from '../reason.ts';
import { makeFolder } from './files.ts';
import { LocalError } from './local-error.ts';
import type { Progress } from './screen.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** What is brought where there is none: the one that the tests run with. */
const VERSION = 17;

/** What has brought nothing for so long will bring nothing more. */
const STALLED_AFTER_S = 20;
const GIVE_UP_AFTER_S = 300;

const WAYS_OUT =
  'install Java 11 or later (https://adoptium.net), or set DYNAMODB_ENDPOINT=http://… to a DynamoDB emulator that is running, for example one from the image amazon/dynamodb-local';

export const needsJava = (why: string): LocalError => new LocalError(`${why}: ${WAYS_OUT}`);

/** What may be a `java`, in the order in which they are tried: the user's own, then the one that an earlier start has brought. */
export function installedJavas(env: Environment = process.env): string[] {
  const brought = findJava(join(cacheFolder(env), `jre-${VERSION}`));
  return ['java', ...(env.JAVA_HOME ? [join(env.JAVA_HOME, 'bin', 'java')] : []), ...(brought ? [brought] : [])];
}

/**
 * Why this Java cannot run anything of ours, from what it said when it ended; `undefined` if the reason is another. To ask it for
 * its version before each start would make each start slower.
 */
export function whyUnfit(said: string): string | undefined {
  // Node's, where there is no such program; macOS's, whose /usr/bin/java stands in for the one that is to be installed.
  if (/^spawn .*(ENOENT|EACCES|ENOTDIR)$/m.test(said) || /unable to locate a java runtime|no java runtime present/i.test(said))
    return 'Java is missing';
  if (!/UnsupportedClassVersionError|Unsupported major\.minor version/.test(said)) return undefined;
  const [, classVersion] = /class file versions up to (\d+)/.exec(said) ?? [];
  return `${classVersion === undefined ? 'Java' : `Java ${Number(classVersion) - 44}`} is too old`;
}

export interface BringJavaOptions {
  /** Why one is needed. */
  readonly why: string;
  readonly progress?: Progress;
  /** Gives up. */
  readonly signal?: AbortSignal;
  readonly env?: Environment;
}

/**
 * Brings a JRE of Eclipse Temurin into the user's cache, and gives its `java`. It is made in a folder beside, tried out, and
 * renamed: half a download is never taken for a JRE.
 */
export async function bringJava({ why, progress, signal, env = process.env }: BringJavaOptions): Promise<string> {
  if (env.ROLLCALL_JRE_DOWNLOAD === 'never') throw needsJava(why);
  try {
    using cleanup = new DisposableStack();
    const cache = cacheFolder(env);
    makeFolder(cache);
    const draft = mkdtempSync(join(cache, 'draft-'));
    cleanup.defer(() => rmSync(draft, { recursive: true, force: true }));
    await download(draft, env, (seconds) => progress?.(`${why}: bringing a JRE`, seconds), signal);
    const java = findJava(join(draft, 'jre'));
    if (java === undefined) throw new Error('there is no java in what was brought');
    await promisify(execFile)(java, ['-version'], { timeout: STALLED_AFTER_S * 1_000 });
    return keep(join(draft, 'jre'), join(cache, `jre-${VERSION}`));
  } catch (error) {
    signal?.throwIfAborted();
    throw needsJava(`${why}, and bringing a JRE failed (${reasonOf(error)})`);
  }
}

/** Somebody else may have brought one meanwhile: then theirs it is. */
function keep(brought: string, folder: string): string {
  const theirs = findJava(folder);
  if (theirs) return theirs;
  rmSync(folder, { recursive: true, force: true });
  renameSync(brought, folder);
  return findJava(folder) ?? '';
}

async function download(draft: string, env: Environment, tell: (seconds: number) => void, signal?: AbortSignal): Promise<void> {
  const file = fileURLToPath(new URL('./jre-download.ts', import.meta.url));
  const child = spawn(process.execPath, ['--disable-warning=ExperimentalWarning', file, draft, String(VERSION)], {
    stdio: ['pipe', 'ignore', 'pipe'],
    // Not in the system's folder for temporary files: others could change there what has just been verified.
    env: { ...env, TMPDIR: draft },
  });
  using watch = watchOver(child, draft, tell, signal);
  const [said, [code]] = await Promise.all([text(child.stderr), once(child, 'close')]);
  if (code !== 0) throw new Error(watch.givenUp() ?? (said.trim() || 'it ended at once'));
}

/** Tells each second how long it takes, and ends what takes too long. */
function watchOver(child: ChildProcess, draft: string, tell: (seconds: number) => void, signal?: AbortSignal) {
  let givenUp: string | undefined;
  const giveUp = (reason: string) => {
    givenUp = reason;
    child.kill('SIGKILL');
  };
  const onAbort = () => giveUp('it was stopped');
  if (signal?.aborted) onAbort();
  signal?.addEventListener('abort', onAbort);

  let [seconds, size, grownAt] = [0, 0, 0];
  tell(seconds);
  const ticking = setInterval(() => {
    seconds += 1;
    tell(seconds);
    const now = sizeOf(draft);
    if (now !== size) [size, grownAt] = [now, seconds];
    if (seconds - grownAt >= STALLED_AFTER_S) giveUp(`nothing came for ${STALLED_AFTER_S} s`);
    else if (seconds >= GIVE_UP_AFTER_S) giveUp(`it took longer than ${GIVE_UP_AFTER_S} s`);
  }, 1_000);
  return {
    givenUp: () => givenUp,
    [Symbol.dispose]() {
      clearInterval(ticking);
      signal?.removeEventListener('abort', onAbort);
    },
  };
}

const sizeOf = (folder: string): number =>
  readdirSync(folder, { recursive: true, encoding: 'utf8' }).reduce(
    (sum, name) => sum + (statSync(join(folder, name), { throwIfNoEntry: false })?.size ?? 0),
    0,
  );

/** In the folder that each platform has for what can be had again. */
function cacheFolder(env: Environment): string {
  const home = env.HOME || homedir();
  if (process.platform === 'darwin') return join(home, 'Library', 'Caches', 'rollcall');
  const { XDG_CACHE_HOME: given = '' } = env;
  return join(isAbsolute(given) ? given : join(home, '.cache'), 'rollcall');
}

/** A JRE lies in a folder named for its release; on macOS some levels deeper. */
function findJava(folder: string): string | undefined {
  const [found] = existsSync(folder) ? globSync('*/{bin,Contents/Home/bin}/java', { cwd: folder }) : [];
  return found && join(folder, found);
}
