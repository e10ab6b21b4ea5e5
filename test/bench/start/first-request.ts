import { createServer, type IncomingMessage, type ServerResponse } from 'node:http';
import { listen } from '../../../lib/local/listen.ts';
import type { Template } from '../../../lib/local/template.ts';
import { digits, type Section } from '../report.ts';
import { functionBundle } from './bundles.ts';
import { inFreshProcesses, type Load, middleOf } from './fresh-process.ts';

const USER = '26118915-6090-4610-87e4-49d8ca9f808d';

/** The event of a request for one user, by the holder of a token, as functions and the authorizer have it. */
async function userEvent(folder: string, directory: string): Promise<unknown> {
  // What makes events of requests reads the template there.
  process.env.TEST_CDK_OUT = folder;
  const { eventOf } = await import('../../support/events.ts');
  const event = eventOf({ path: `/Users/${USER}`, directory, headers: { Authorization: `Bearer rc.${directory}.${'A'.repeat(43)}` } });
  return { ...event, methodArn: `arn:aws:execute-api:us-east-1:000000000000:api/prod/GET${event.path}` };
}

/** Stands for both services, and has nothing of what it is asked for. */
function answerNothing({ headers }: IncomingMessage, response: ServerResponse): void {
  const isSecret = String(headers['x-amz-target']).startsWith('secretsmanager');
  response.writeHead(isSecret ? 400 : 200, { 'Content-Type': 'application/x-amz-json-1.1' });
  response.end(isSecret ? '{"__type":"ResourceNotFoundException"}' : '{}');
}

/** What Lambda says of a start, by which functions know that it is one. */
const STARTED = { AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand' };

/** What the first requests after a load take, with what is done at a start of Lambda's and without. */
export async function firstRequests(template: Template, folder: string, rounds: number, tell: (done: number) => void): Promise<Section> {
  const server = createServer(answerNothing);
  const endpoint = `http://127.0.0.1:${await listen(server)}`;
  const endpoints = { AWS_ENDPOINT_URL_DYNAMODB: endpoint, AWS_ENDPOINT_URL_SECRETS_MANAGER: endpoint };
  const events = await Promise.all(['acme', 'globex'].map((directory) => userEvent(folder, directory)));
  const load = (logicalId: string, more: Readonly<Record<string, string>> = {}): Load => {
    const { file, environment } = functionBundle(template, logicalId);
    return { file, environment: { ...environment, ...endpoints, ...more }, events };
  };
  const loads: readonly (readonly [string, Load])[] = [
    ['Users, without', load('UsersFunction')],
    ['Users, with', load('UsersFunction', STARTED)],
    ['Authorizer, without', load('AuthorizerFunction')],
    ['Authorizer, with', load('AuthorizerFunction', STARTED)],
  ];
  try {
    const results = await inFreshProcesses(
      loads.map(([, each]) => each),
      rounds,
      tell,
    );
    return {
      title: `First request after load, with and without the warm-up: milliseconds, medians of ${rounds} fresh processes; no network, no TLS`,
      columns: ['function', 'load', 'first request', 'second request'],
      rows: loads.map(([name], index) => ({
        cells: [name, ...[0, 1, 2].map((step) => digits(middleOf(results[index] ?? [], step)))],
      })),
    };
  } finally {
    server.closeAllConnections();
    server.close();
  }
}
