import { createServer } from 'node:net';
import { afterEach, expect, test } from '@jest/globals';
import { openSecrets } from '../../lambdas/auth/secrets-client.ts';
import { warmUp } from '../../lambdas/auth/warm-up.ts';
import { listen } from '../../lib/local/listen.ts';
import { LOCAL_CREDENTIALS } from '../../lib/local/table.ts';

const { AWS_LAMBDA_INITIALIZATION_TYPE: before } = process.env;
afterEach(() => {
  if (before === undefined) delete process.env.AWS_LAMBDA_INITIALIZATION_TYPE;
  else process.env.AWS_LAMBDA_INITIALIZATION_TYPE = before;
});

test.each([
  { start: 'on-demand', signed: 1 },
  { start: '', signed: 0 },
])('where Lambda says of the start "$start", $signed request is made ready, and none is sent', async ({ start, signed }) => {
  process.env.AWS_LAMBDA_INITIALIZATION_TYPE = start;
  let connections = 0;
  const server = createServer((socket) => {
    connections++;
    socket.destroy();
  });
  const client = openSecrets({ ...LOCAL_CREDENTIALS, endpoint: `http://127.0.0.1:${await listen(server)}` });
  const ready: string[] = [];
  client.middlewareStack.add(
    (next) => (given) => {
      ready.push(JSON.stringify(given.request));
      return next(given);
    },
    { step: 'finalizeRequest', priority: 'low' },
  );
  await expect(warmUp({ client, prefix: 'rollcall' })).resolves.toBeUndefined();
  expect({ ready: ready.length, connections }).toEqual({ ready: signed, connections: 0 });
  for (const request of ready) expect(request).toContain('AWS4-HMAC-SHA256');
  client.destroy();
  server.close();
});
