import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, test } from '@jest/globals';
import { makeDirectory } from '../support/directories.ts';
import { play, readSequence } from '../support/golden.ts';
import { npmStart, type Started, temporaryFolder } from '../support/npm-start.ts';

/*
 * Each file is a sequence of requests as an identity provider sends them, with what it must be answered; it runs over HTTP
 * against `npm start`, in a directory of its own. To add what was observed is to add a file.
 */

let stack: Started;
beforeAll(async () => {
  stack = await npmStart(temporaryFolder());
});
afterAll(async () => stack[Symbol.asyncDispose]());

/** Milliseconds: some sequences have hundreds of requests, and machines may be busy. */
const LIMIT = 180_000;

describe.each(['okta', 'entra'])('%s', (provider) => {
  const folder = new URL(`./${provider}/`, import.meta.url);
  const files = readdirSync(folder).map((file) => new URL(file, folder));
  const sequences = files.map((file) => ({ id: basename(file.pathname, '.json'), ...readSequence(file) }));

  test.each(sequences)(
    '$name',
    async ({ id, steps }) => {
      await play(steps, await makeDirectory(stack.running, id));
    },
    LIMIT,
  );
});
