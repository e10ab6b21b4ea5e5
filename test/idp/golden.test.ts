import { readdirSync } from 'node:fs';
import { basename } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { makeDirectory } from '../support/directories.ts';
import { CLIENT, play, readSequence } from '../support/golden.ts';
import { leaks, parsedLines, valuesSent } from '../support/log-search.ts';
import { npmStart, type Started, temporaryFolder, until } from '../support/npm-start.ts';

/*
 * Each file is a sequence of requests as an identity provider sends them, with what it must be answered; it runs over HTTP
 * against `npm start`, in a directory of its own. To add what was observed is to add a file. What the functions and the authorizer
 * logged meanwhile must have a line for each request, and nothing of what was sent.
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
      const before = stack.said().length;
      const directory = await makeDirectory(stack.running, id);
      const played = await play(steps, directory);
      const answered = played.flatMap(({ requestId }) => (requestId ? [`${requestId} of ${id}`] : []));
      const logged = () => stack.said().slice(before);
      const requests = () => parsedLines(logged()).flatMap((line) => (line.route ? [`${line.requestId} of ${line.directory}`] : []));
      await until(() => requests().length >= answered.length);
      expect(requests().sort()).toEqual(answered.sort());
      const values = played.flatMap(({ sent }) => valuesSent(sent));
      expect(values).toContain(directory.token);
      const requestIds = played.flatMap(({ requestId }) => requestId ?? []);
      expect(leaks(logged(), values, { known: [CLIENT['User-Agent']], directory: id, requestIds })).toEqual([]);
    },
    LIMIT,
  );
});
