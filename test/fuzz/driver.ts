import { expect } from '@jest/globals';
import type { APIGatewayProxyResult } from 'aws-lambda';
import fc from 'fast-check';
import { ERROR_URN } from '../../lambdas/scim/errors.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import { placeOf } from '../../lambdas/store/keys.ts';
import { deletion, executeStatements } from '../../lambdas/store/statements.ts';
import { readApi } from '../../lib/local/api.ts';
import { type LambdaFunctions, startFunctions } from '../../lib/local/functions.ts';
import { toEvent } from '../../lib/local/proxy-event.ts';
import { route } from '../../lib/local/router.ts';
import { checkItems } from '../support/table-checker.ts';
import { type RawItem, scopeOf, type TestTable, template, testTable } from '../support/test-table.ts';
import { DIRECTORY, type FuzzRequest, fuzzRequest, PRELUDE } from './arbitraries.ts';

/** Requests that follow one another in one table, before it is emptied. */
const SEQUENCE = 50;
const RANDOM = SEQUENCE - PRELUDE.length;

const api = readApi(template());

/**
 * Drives the bundles of the functions, as API Gateway would, with random requests, and looks at every answer and at the table
 * behind it. The same seed gives the same requests. Gives the number of answers by status.
 */
export async function fuzz(events: number, seed: number): Promise<ReadonlyMap<number, number>> {
  await using table = await testTable();
  const endpoints = { AWS_ENDPOINT_URL_DYNAMODB: process.env.TEST_DYNAMODB_ENDPOINT ?? '', TABLE_NAME: table.name };
  const logged: string[] = [];
  await using functions = startFunctions(template(), endpoints, (text) => logged.push(text));
  const answered = new Map<number, number>();
  const sequence = fc
    .array(fuzzRequest, { minLength: RANDOM, maxLength: RANDOM, size: 'max' })
    .map((requests) => [...PRELUDE, ...requests]);
  let left = events;
  for (const [run, requests] of fc.sample(sequence, { seed, numRuns: Math.ceil(events / SEQUENCE) }).entries()) {
    let before: readonly RawItem[] = await contents(table);
    for (const [i, request] of requests.slice(0, left).entries()) {
      try {
        const { status, items } = await exchange(functions, table, request, before);
        answered.set(status, (answered.get(status) ?? 0) + 1);
        before = items;
      } catch (error) {
        const place = `seed ${seed}, request ${run * SEQUENCE + i}: ${JSON.stringify(request).slice(0, 5_000)}`;
        throw new Error(`${place}\n${logged.at(-1)}\n${error instanceof Error ? error.message : error}`);
      }
    }
    left -= requests.length;
    const all = await table.items();
    await executeStatements(
      table,
      scopeOf(DIRECTORY),
      all.map((item) => deletion(table, item)),
    );
  }
  return answered;
}

/** What is kept of resources. A list that is read leaves its bookmark, and a credential when it was used. */
const contents = async (table: TestTable) =>
  (await table.items()).filter(({ pk }) => !pk.startsWith(`${DIRECTORY}#bookmark#`) && pk !== `${DIRECTORY}#token`);

/** Sends one request and looks at what came of it. */
async function exchange(functions: LambdaFunctions, table: TestTable, request: FuzzRequest, before: readonly RawItem[]) {
  const { path, query, body } = request;
  const [ownPath = '', ownQuery = '', ownBody = ''] = [path, query, body].map((text) => withIds(text, before));
  const incoming = {
    ...request,
    path: ownPath,
    query: ownQuery,
    sourceIp: '127.0.0.1',
    requestId: 'fuzz-request',
    body: Buffer.alloc(0),
  };
  const match = route(api.root, request.method, incoming.path);
  // Nobody's: API Gateway answers by itself.
  if (!match) return { status: 0, items: before };

  const event = toEvent({ ...incoming, headers: [['Host', 'scim.example'], ...request.headers] }, api, match);
  const outcome = await functions.invoke(match.method.functionId, {
    ...event,
    requestContext: { ...event.requestContext, authorizer: { directory: request.credential, tokenId: 'fuzz', scopes: request.scopes } },
    body: request.encoding === 'base64' ? Buffer.from(ownBody).toString('base64') : ownBody,
    isBase64Encoded: request.encoding !== 'text',
  });
  if (!('result' in outcome)) throw new Error(`the function failed: ${outcome.errorType} ${outcome.errorMessage}`);
  const answer = outcome.result as APIGatewayProxyResult;
  requireScim(answer, request);

  // What these should write all the same, the next look at the table shows.
  if (['GET', 'HEAD', 'OPTIONS'].includes(request.method)) return { status: answer.statusCode, items: before };
  const items = await contents(table);
  if (answer.statusCode >= 300) expect(items).toEqual(before);
  else requireConsistent(items);
  return { status: answer.statusCode, items };
}

const NOBODY = '26118915-6090-4610-87e4-49d8ca9f808d';

function withIds(text: string, items: readonly RawItem[]): string {
  return text.replaceAll(/~([A-Z][A-Za-z]*)(\d+)~/g, (_, type: string, n: string) => {
    const ids = items.flatMap(({ pk, sk }) => (pk.startsWith(`${DIRECTORY}#${type}#`) ? [sk] : [])).sort();
    return ids[Number(n) % ids.length] ?? NOBODY;
  });
}

/** What is not built yet says so; nothing else may answer with a server's error. */
const ALLOWED_5XX = 501;

function requireScim({ statusCode, headers, body }: APIGatewayProxyResult, { credential }: FuzzRequest) {
  expect(headers).toMatchObject({ 'X-Request-Id': 'fuzz-request' });
  if (statusCode >= 500) expect({ statusCode, body }).toMatchObject({ statusCode: ALLOWED_5XX });
  if (credential !== DIRECTORY) expect([403, 404]).toContain(statusCode);
  if (statusCode === 204 || statusCode === 304) return expect(body).toBe('');

  expect(headers?.['Content-Type']).toBe('application/scim+json');
  const message = JSON.parse(body);
  expect(message.schemas).toEqual(expect.arrayContaining([expect.stringMatching(/^urn:/)]));
  if (statusCode >= 400) {
    expect(message).toMatchObject({ schemas: [ERROR_URN], status: String(statusCode), detail: expect.stringMatching(/./) });
  } else if ('Resources' in message) {
    expect(message).toMatchObject({ itemsPerPage: message.Resources.length, startIndex: expect.any(Number) });
    expect(Number.isInteger(message.totalResults)).toBe(true);
  } else {
    // Whatever was asked for, an address that is shown is a whole one.
    if (message.meta?.location !== undefined) expect(message.meta.location).toMatch(/^http:\/\/scim\.example\/fuzz\/scim\/v2\/\w/);
    expect(message).not.toHaveProperty('password');
  }
}

/** Resources, their entries and counts, and members and their groups agree, and nothing else lies in the table. */
function requireConsistent(items: readonly RawItem[]) {
  const isKnown = (item: RawItem) => {
    const place = placeOf(item);
    return place?.directory === DIRECTORY && resourceTypes.some(({ name }) => name === place.type);
  };
  expect(items.filter((item) => !isKnown(item))).toEqual([]);
  expect(checkItems(items, resourceTypes, { afterRepair: true })).toEqual([]);
}
