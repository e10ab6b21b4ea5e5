import { beforeAll, describe, expect, test } from '@jest/globals';
import type { APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { authorizer } from '../../lambdas/auth/authorize.ts';
import { readDirectorySecret } from '../../lambdas/auth/directory-secret.ts';
import { cachedSecrets } from '../../lambdas/auth/secret-cache.ts';
import { mintToken } from '../../lambdas/auth/token.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { isWrite, loseAnswer, throttle } from '../support/disturbances.ts';
import type { TestRequest } from '../support/events.ts';
import { recordLog } from '../support/log-lines.ts';
import { leaks, parsedLines, valuesSent } from '../support/log-search.ts';
import { usersAndGroups } from '../support/resource-function.ts';
import { answeringSecrets, putSecret, testSecrets } from '../support/secrets.ts';
import type { Disturbance } from '../support/strict-dynamodb.ts';

/*
 * What goes wrong is where a log tells most: every error that a client can bring about, and every failure behind it, with values that
 * are looked for in all that was logged. What goes well is looked through where the identity providers' requests are played.
 */

const { table, send } = usersAndGroups();
const { token } = mintToken('acme', 'test', []);
/** The directory and the request of events in tests. */
const OURS = { directory: 'acme', requestIds: ['request-1'] };
const USER_AGENT = `probe ${token} lovelace@example.com`;

const ada = {
  schemas: [user.schema.id],
  userName: 'lovelace@example.com',
  externalId: 'external-0815',
  displayName: 'Countess of Lovelace',
  password: 'correct horse battery',
  name: { givenName: 'Augusta', familyName: 'Kingsley' },
  emails: [{ value: 'augusta@private.example', type: 'work', primary: true }],
  phoneNumbers: [{ value: '+44 5551 234567' }],
  roles: [{ value: 'role-of-ada', display: 'Analyst of engines' }],
  shoeSize: 'thirty-nine',
};
const patch = (...Operations: readonly object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });

let id: string;
beforeAll(async () => {
  const { body } = await send({ method: 'POST', path: '/Users', body: { ...ada, userName: 'taken@example.com' } });
  id = body.id;
});

/** Sends requests one after another, and gives their statuses, what was sent and what was logged. */
async function record(requests: readonly TestRequest[], disturbance?: Disturbance) {
  using log = recordLog();
  using _ = disturbance ? table().disturb(disturbance) : undefined;
  const statuses: number[] = [];
  const values = [token, 'lovelace@example.com'];
  for (const request of requests) {
    const { path, body } = request;
    const headers = { 'User-Agent': USER_AGENT, ...request.headers };
    statuses.push((await send({ ...request, headers })).status);
    const text = typeof body === 'string' ? body : JSON.stringify(body);
    values.push(...valuesSent({ path, headers, body: text }));
  }
  return { statuses, values, log: log.text() };
}

const poisoned: Disturbance = async ({ input }) => {
  const quoted = JSON.stringify(input, (_, value) => (value instanceof Set ? [...value] : value));
  throw Object.assign(new Error(`not valid: ${quoted}`), { name: 'ValidationException', input, $metadata: { quoted } });
};

/** An answer of what is in between, whose error has a name of its own making. */
const misnamed: Disturbance = async ({ input }) => {
  throw Object.assign(new Error('no'), { name: JSON.stringify(input), code: token, $response: { statusCode: 500 } });
};

const filter = encodeURIComponent('emails.value eq "augusta@private.example" and name.givenName sw "Augusta"');
const requests: readonly { readonly request: TestRequest; readonly status: number }[] = [
  { status: 400, request: { method: 'POST', path: '/Users', body: '{"userName":"lovelace@example.com","password":"correct hor' } },
  { status: 400, request: { method: 'POST', path: '/Users', body: '["lovelace@example.com"]' } },
  { status: 400, request: { method: 'POST', path: '/Users', body: { ...ada, emails: 'augusta@private.example' } } },
  { status: 201, request: { method: 'POST', path: '/Users', body: ada } },
  { status: 415, request: { method: 'POST', path: '/Users', body: ada, headers: { 'Content-Type': 'text/plain' } } },
  { status: 409, request: { method: 'POST', path: '/Users', body: { ...ada, userName: 'TAKEN@example.com' } } },
  {
    status: 400,
    request: { method: 'POST', path: '/Groups', body: { schemas: [group.schema.id], members: [{ value: 'nobody-at-all' }] } },
  },
  { status: 400, request: { path: '/Users?filter=userName%20eq%20%22lovelace' } },
  { status: 400, request: { path: '/Users?filter=shoeSize%20eq%20%22thirty-nine%22' } },
  { status: 400, request: { path: '/Users?startIndex=augusta%40private.example' } },
  { status: 200, request: { path: `/Users?filter=${filter}&sortBy=name.familyName` } },
  { status: 404, request: { path: '/Users/lovelace%40example.com' } },
  { status: 404, request: { path: '/Users/%E0%A4%A' } },
];

describe('nothing that was sent is in the log', () => {
  test('of requests that are refused, and of some that are not; each has its line', async () => {
    const { statuses, values, log } = await record(requests.map(({ request }) => request));
    expect(statuses).toEqual(requests.map(({ status }) => status));
    expect(parsedLines(log).map(({ status, userAgent }) => ({ status, userAgent }))).toEqual(
      statuses.map((status) => ({ status, userAgent: 'probe (masked) (masked)' })),
    );
    expect(leaks(log, values, OURS)).toEqual([]);
  });

  test('of changes of a resource, and where its version is another', async () => {
    const path = `/Users/${id}`;
    const headers = { 'If-Match': 'W/"version-of-ada"' };
    const { statuses, values, log } = await record([
      { method: 'PUT', path, body: ada, headers },
      {
        method: 'PATCH',
        path,
        body: patch({ op: 'replace', value: { shoeSize: 'ultramarine', nickName: 'Enchantress' } }),
      },
      { method: 'PATCH', path, body: patch({ op: 'replace', path: 'emails[value eq "augusta@', value: 'ultramarine' }) },
      { method: 'PATCH', path, body: patch({ op: 'remove', path: 'name.givenName', value: 'Augusta' }, { op: 'augusta' }) },
    ]);
    expect(statuses).toEqual([412, 200, 400, 400]);
    expect(leaks(log, values, OURS)).toEqual([]);
  });

  test.each([
    { name: 'an error that quotes the request', disturbance: poisoned, status: 500, says: 'request failed' },
    { name: 'an error whose name quotes it', disturbance: misnamed, status: 503, says: 'the store failed' },
    { name: 'throttling', disturbance: throttle(isWrite), status: 429, says: '' },
    { name: 'an outage', disturbance: loseAnswer(() => true), status: 503, says: 'the store failed' },
  ])('of requests on which the database ends with $name', async ({ disturbance, status, says }) => {
    const { statuses, values, log } = await record([{ method: 'POST', path: '/Users', body: { ...ada, userName: 'x.y' } }], disturbance);
    expect(statuses).toEqual([status]);
    expect(log).toContain(says);
    expect(parsedLines(log).filter(({ route }) => route !== undefined)).toMatchObject([{ status }]);
    expect(leaks(log, values, OURS)).toEqual([]);
  });

  test('and what is there is found: a line more that quotes a request', async () => {
    const { values, log } = await record([{ method: 'POST', path: '/Users', body: { ...ada, userName: 'planted@example.com' } }]);
    const planted = JSON.stringify({ level: 'INFO', message: { detail: 'userName Planted@example.com is in use' } });
    expect(leaks(`${log}\n${planted}`, values, OURS)).toEqual([
      { value: 'planted@example.com', found: 'username planted@example.com is in use' },
    ]);
    expect(leaks(`${log}\n${token}`, values, OURS).map(({ value }) => value)).toContain(token);
  });
});

describe('what of a request is in a log is found', () => {
  const body = JSON.stringify({ userName: 'ada@example.com', displayName: 'The "Countess"', nickName: 'Ada', externalId: 'GET-1' });
  const path = '/Users/Zo%c3%ab%20K?filter=displayName%20eq%20%22Zoë+K.%22';
  const values = valuesSent({ path, headers: { Authorization: `Bearer ${token}` }, body });
  const pair = Buffer.from(`acme:${token}`).toString('base64');
  const line = { level: 'INFO', timestamp: new Date().toISOString(), directory: 'acme', method: 'GET', ms: 3, requestId: 'request-1' };

  test.each<{ readonly shape: string; readonly planted: object | string }>([
    { shape: 'the name of a property', planted: { ...line, seen: { 'ada@example.com': 1 } } },
    { shape: 'the name of a property of the line itself', planted: { ...line, 'ada@example.com': 1 } },
    { shape: 'the path as it was sent', planted: { ...line, message: 'no such path: /acme/scim/v2/Users/Zo%c3%ab%20K' } },
    { shape: 'the query as it was sent', planted: { ...line, message: 'filter=displayName%20eq%20%22Zoë+K.%22' } },
    { shape: 'a value in an address', planted: { ...line, message: '/Users/ada%40example.com' } },
    { shape: 'a short value in a text', planted: { ...line, message: 'no user of the name Ada.' } },
    { shape: 'a value in place of the id of the request', planted: { ...line, requestId: 'ada@example.com' } },
    { shape: 'one in place of the directory', planted: { ...line, directory: 'Ada' } },
    { shape: 'one in place of the method', planted: { ...line, method: 'GET-1' } },
    { shape: 'one in place of the level', planted: { ...line, level: 'ada' } },
    { shape: 'one in place of the time', planted: { ...line, timestamp: '2026-11-22T09:41:07.512Z ada' } },
    { shape: 'one in place of a number', planted: { ...line, ms: 'ada' } },
    { shape: 'one among the metrics', planted: { ...line, _aws: { Timestamp: Date.now(), Namespace: 'ada' } } },
    { shape: 'JSON in JSON', planted: { ...line, message: JSON.stringify({ displayName: 'The "Countess"' }) } },
    { shape: 'JSON in JSON in JSON', planted: { ...line, message: JSON.stringify(JSON.stringify({ displayName: 'The "Countess"' })) } },
    { shape: 'a token as the password of a Basic pair', planted: { ...line, message: `Basic ${pair}` } },
    { shape: 'a token in base64', planted: { ...line, message: Buffer.from(token).toString('base64') } },
    { shape: 'a line that is no JSON', planted: `warning: ${token} is deprecated` },
  ])('$shape', ({ planted }) => {
    const text = typeof planted === 'string' ? planted : JSON.stringify(planted);
    expect(leaks(JSON.stringify(line), values, OURS)).toEqual([]);
    expect(leaks(text, values, OURS)).not.toEqual([]);
  });

  test('a Basic pair, as it is and decoded', () => {
    const basic = valuesSent({ path: '/Users', headers: { Authorization: `Basic ${pair}` } });
    expect(basic).toEqual(expect.arrayContaining([pair, `acme:${token}`, token]));
  });

  test.each<{ readonly way: string; readonly say: (text: string) => unknown }>([
    { way: 'standard output', say: (text) => process.stdout.write(text) },
    { way: 'standard error', say: (text) => process.stderr.write(text) },
    { way: 'the console', say: (text) => console.info(text) },
    { way: 'a trace', say: (text) => console.trace(text) },
    { way: 'a warning of the process', say: (text) => process.emitWarning(text) },
  ])('by way of $way', ({ say }) => {
    using log = recordLog();
    say('of ada@example.com');
    expect(leaks(log.text(), values, OURS).map(({ value }) => value)).toContain('ada@example.com');
  });
});

describe('nothing of a credential or a secret is in the log of the authorizer', () => {
  const { token: foreign, stored } = mintToken('acme', 'label of the token', ['provision']);
  const basic = Buffer.from(`acme:${token}`).toString('base64');
  const headers = [`Bearer ${token}`, token, `Basic ${basic}`, 'Bearer lovelace@example.com', `Digest ${token}`];
  const held = { tokens: [stored], sealKey: 'x'.repeat(43), oauth: { issuer: 'https://issuer.example/of-acme' } };
  const values = [...headers, token, foreign, basic, stored.sha256, stored.label, held.oauth.issuer, 'lovelace@example.com'];

  /** What is logged while credentials are refused, with what Lambda itself says of an error that comes out. */
  async function refusals(secrets: Awaited<ReturnType<typeof testSecrets>>): Promise<string> {
    using log = recordLog();
    const authorize = authorizer(cachedSecrets((name) => readDirectorySecret(secrets, name), { seconds: 0, unknownSeconds: 0 }));
    for (const Authorization of headers) {
      const event = { methodArn: 'arn', headers: { Authorization } } as unknown as APIGatewayRequestAuthorizerEvent;
      await authorize(event).catch((error: unknown) => console.error(error));
    }
    return log.text();
  }

  test.each([
    { name: 'of other tokens', value: held, lines: 5 },
    { name: 'of another form', value: { ...held, tokens: [{ ...stored, sha256: foreign }] }, lines: 8 },
    { name: 'that is no JSON', value: `${JSON.stringify(held)}${foreign}`, lines: 8 },
  ])('where the secret is one $name', async ({ value, lines }) => {
    await using secrets = await testSecrets();
    await putSecret(secrets, 'acme', value);
    const log = await refusals(secrets);
    expect(parsedLines(log)).toHaveLength(lines);
    expect(leaks(log, values, OURS)).toEqual([]);
  });

  test.each([
    { name: 'cut short', status: 200, body: `{"SecretString":${JSON.stringify(JSON.stringify(held))}` },
    { name: 'an error whose name quotes', status: 500, body: JSON.stringify({ __type: foreign }) },
    { name: 'an error that quotes', status: 500, body: JSON.stringify({ __type: 'InternalServiceError', message: JSON.stringify(held) }) },
  ])('where the answer of Secrets Manager is $name', async ({ status, body }) => {
    await using secrets = await answeringSecrets(status, body);
    const log = await refusals(secrets);
    expect(log).toContain('Secrets Manager did not answer');
    expect(leaks(log, values, OURS)).toEqual([]);
  });
});
