import { expect, test } from '@jest/globals';
import { frameReader } from './log.ts';
import { startRuntimeApi } from './runtime-api.ts';

const options = { functionArn: 'arn:aws:lambda:us-east-1:123456789012:function:any', timeoutMs: 5_000, kill: () => {} };

test('an answer that is no JSON is an error of the function', async () => {
  await using api = await startRuntimeApi(options);
  const outcome = api.invoke({});
  const invocation = `http://${api.address}/2018-06-01/runtime/invocation`;
  const asked = await fetch(`${invocation}/next`);
  const requestId = asked.headers.get('Lambda-Runtime-Aws-Request-Id');
  await fetch(`${invocation}/${requestId}/response`, { method: 'POST', body: 'none' });
  await expect(outcome).resolves.toMatchObject({ errorType: 'Runtime.InvalidResponse' });
});

test('an event that is larger than Lambda takes is refused', async () => {
  await using api = await startRuntimeApi(options);
  await expect(api.invoke('x'.repeat(6_291_456))).rejects.toThrow('RequestTooLargeException');
});

test('a start that takes longer than it may is ended', async () => {
  const { promise: killed, resolve: kill } = Promise.withResolvers<void>();
  await using api = await startRuntimeApi({ ...options, kill, initMs: 10 });
  await killed;
  api.ended('by SIGKILL');
  await expect(api.invoke({})).resolves.toMatchObject({ errorType: 'Sandbox.Timedout', errorMessage: expect.stringContaining('Init') });
});

test('a line of the console may come in parts, and with others', () => {
  const frame = (text: string) => {
    const header = Buffer.alloc(16);
    header.writeUInt32BE(0xa55a000e, 0);
    header.writeUInt32BE(Buffer.byteLength(text), 4);
    return Buffer.concat([header, Buffer.from(text)]);
  };
  const heard: string[] = [];
  const read = frameReader((text) => heard.push(text));
  const all = Buffer.concat([frame('{"message":"é"}'), frame('{}'), frame('{"level":"INFO"}')]);
  for (const [from, to] of [
    [0, 7],
    [7, 28],
    [28, 60],
    [60, all.length],
  ])
    read(all.subarray(from, to));
  expect(heard).toEqual(['{"message":"é"}', '{}', '{"level":"INFO"}']);
});
