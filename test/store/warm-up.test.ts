import { createServer, type Server } from 'node:http';
import { text } from 'node:stream/consumers';
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { placeOf } from '../../lambdas/store/keys.ts';
import { openTable, type Table } from '../../lambdas/store/table.ts';
import { warmUp } from '../../lambdas/store/warm-up.ts';
import { listen } from '../../lib/local/listen.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';

const { AWS_LAMBDA_INITIALIZATION_TYPE: before } = process.env;
let server: Server;
let table: Table;
/** What DynamoDB was asked. */
let asked: unknown[];
let answer: string | undefined;
/** What was said of it in the log. */
let warned: unknown[];

beforeEach(async () => {
  process.env.AWS_LAMBDA_INITIALIZATION_TYPE = 'on-demand';
  asked = [];
  warned = [];
  jest.spyOn(console, 'warn').mockImplementation((line: unknown) => void warned.push(line));
  answer = '{}';
  server = createServer(async (request, response) => {
    asked.push(JSON.parse(await text(request)));
    if (answer !== undefined) response.setHeader('Content-Type', 'application/x-amz-json-1.0').end(answer);
  });
  table = openTable('any', { ...LOCAL_CREDENTIALS, endpoint: `http://127.0.0.1:${await listen(server)}` });
});

afterEach(() => {
  jest.restoreAllMocks();
  if (before === undefined) delete process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
  else process.env.AWS_LAMBDA_INITIALIZATION_TYPE = before;
  table.client.destroy();
  server.closeAllConnections();
  server.close();
});

test('a function that Lambda starts reads once what can be no item of anybody', async () => {
  await warmUp(table);
  const key = { pk: '#', sk: '#' };
  expect(asked).toEqual([{ TableName: 'any', Key: { pk: { S: key.pk }, sk: { S: key.sk } }, ConsistentRead: true }]);
  expect(placeOf(key)).toBeUndefined();
});

test('one that is started elsewhere reads nothing', async () => {
  delete process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
  await warmUp(table);
  expect(asked).toEqual([]);
});

test.each([
  { what: 'does not answer', given: undefined, name: /^(?:Abort|Timeout)Error$/ },
  { what: 'answers what is no JSON', given: '<html>', name: /^SyntaxError$/ },
])('a table that $what keeps no function from starting, and that is said once', async ({ given, name }) => {
  answer = given;
  await expect(warmUp(table)).resolves.toBeUndefined();
  expect(asked).toHaveLength(1);
  expect(warned).toEqual([{ message: 'the table was not reached ahead of the first request', name: expect.stringMatching(name) }]);
});

test('nor does one that is not there', async () => {
  server.close();
  await expect(warmUp(table)).resolves.toBeUndefined();
  expect(warned).toMatchObject([{ name: expect.stringMatching(/Error$/) }]);
});
