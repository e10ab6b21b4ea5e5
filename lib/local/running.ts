import { join } from 'node:path';
import * as z from 'zod/mini';
import { readJsonFile, writeFileAtomically } from './files.ts';

/** What a running stack leaves in its data folder for as long as it runs. */
export const RUNNING_FILE = 'running.json';

const running = z.object({
  pid: z.int().check(z.positive()),
  /** Where it listens; the addresses that are printed have another host where `BASE_URL` says so. */
  address: z.url(),
  /** What stands in front of `/{directory}/scim/v2`. */
  apiUrl: z.url(),
  /** Of the first directory. */
  baseUrl: z.url(),
  dynamodb: z.url(),
  secretsManager: z.url(),
  table: z.string(),
  secretPrefix: z.string(),
  credentialCacheSeconds: z.int().check(z.nonnegative()),
});

/** Where a running stack is reached, for commands beside it. */
export type Running = Readonly<z.infer<typeof running>>;

export const writeRunning = (folder: string, content: Running): void =>
  writeFileAtomically(join(folder, RUNNING_FILE), JSON.stringify(content, null, 2));

/**
 * What the stack on a data folder has written, or `undefined` if there is none. One that was killed leaves it behind: whether it
 * still runs is for the reader to find out. Throws a `LocalError` if the file is damaged, or another version has written it.
 */
export const readRunning = (folder: string): Running | undefined =>
  readJsonFile(join(folder, RUNNING_FILE), running, 'stop the stack if it runs, and start it again');
