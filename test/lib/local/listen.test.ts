import { createServer } from 'node:net';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { listen, listenAt, urlOf } from '../../../lib/local/listen.ts';

const taken = createServer();
let port: number;
beforeEach(async () => {
  port = await listen(taken);
});
afterEach(() => {
  taken.close();
});

test('a port that is in use is refused with the option that chooses another', async () => {
  await expect(listenAt(createServer(), { port, option: '--dynamodb-port' })).rejects.toMatchObject({
    name: 'LocalError',
    message: `port ${port} is in use: choose another with --dynamodb-port, or --dynamodb-port 0 to have one picked`,
  });
});

test("an address that is not this machine's is refused by its name", async () => {
  await expect(listenAt(createServer(), { port: 0, host: '192.0.2.1', option: '--port' })).rejects.toMatchObject({
    name: 'LocalError',
    message: expect.stringMatching(/^cannot listen on 192\.0\.2\.1:0: /),
  });
});

test.each([
  { host: undefined, expected: 'http://127.0.0.1:80' },
  { host: '0.0.0.0', expected: 'http://0.0.0.0:80' },
  { host: '::1', expected: 'http://[::1]:80' },
])('the address of a server on $host', ({ host, expected }) => {
  expect(urlOf(host, 80)).toBe(expected);
});
