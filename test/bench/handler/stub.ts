import { createServer } from 'node:http';
import { parentPort, workerData } from 'node:worker_threads';
import { listen } from '../../../lib/local/listen.ts';
import type { Exchange } from './recorder.ts';

/*
 * The inside of a thread that answers as DynamoDB did when it was asked before, at once: so that who asks is measured, and not
 * DynamoDB. It is sent ids, times and tokens that were not sent before; what has the same form otherwise has the same answer.
 */

export interface StubData {
  readonly port: number;
  readonly exchanges: readonly Exchange[];
}

/** A request without the values of attributes, and without the token that names it. */
const formOf = (target: string, request: string): string =>
  `${target} ${request.replaceAll(/"(S|N|ClientRequestToken)":"(?:[^"\\]|\\.)*"/g, '"$1"')}`;

const { port, exchanges } = workerData as StubData;
const byForm = Map.groupBy(
  exchanges.map(({ target, request, answer }) => ({ form: formOf(target, request), request, answer: Buffer.from(answer) })),
  ({ form }) => form,
);

/** Of those of its form the very same request comes first. Looked for in the same way for whoever asks. */
function answerTo(target: string, request: string): Buffer | undefined {
  const alike = byForm.get(formOf(target, request)) ?? [];
  return (alike.find((one) => one.request === request) ?? alike[0])?.answer;
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = [];
  request.on('data', (chunk: Buffer) => chunks.push(chunk));
  request.on('end', () => {
    const target = String(request.headers['x-amz-target']);
    const answer = answerTo(target, Buffer.concat(chunks).toString());
    const status = answer ? 200 : 400;
    const body = answer ?? Buffer.from(JSON.stringify({ __type: 'UnrecordedException', message: `${target} was not recorded like that` }));
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.0', 'Content-Length': body.length }).end(body);
  });
});
// A connection that one side does not use while the other one is measured is not to be closed meanwhile.
server.keepAliveTimeout = 0;
await listen(server, port);
parentPort?.postMessage('listening');
