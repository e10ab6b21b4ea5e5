import { afterEach, beforeEach, describe, expect, jest, test } from '@jest/globals';
import { mintToken } from '../../lambdas/auth/token.ts';
import { handler as discovery } from '../../lambdas/discovery.ts';
import type { Routes } from '../../lambdas/http/routes.ts';
import { scimHandler } from '../../lambdas/http/scim-handler.ts';
import { unbuiltBulk } from '../../lambdas/http/unbuilt-routes.ts';
import { invalidSyntax, throttled } from '../../lambdas/scim/errors.ts';
import { schemasOf } from '../../lambdas/scim/schemas/discovery.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import { call } from '../support/events.ts';
import { type LogLine, listenToLog } from '../support/log-lines.ts';

const ERROR = 'urn:ietf:params:scim:api:messages:2.0:Error';
const logged: LogLine[] = [];
beforeEach(() => {
  logged.length = 0;
  listenToLog((line) => void logged.push(line));
  jest.spyOn(console, 'error').mockImplementation((line: object) => void logged.push({ level: 'ERROR', ...line }));
});
afterEach(() => void jest.restoreAllMocks());

const routes: Routes = {
  'GET /Users': async () => ({ status: 200, body: '{"ok":true}' }),
  'POST /Users': async () => {
    throw new Error('table arn:aws:dynamodb:secret is on fire');
  },
  'GET /Users/{id}': async () => {
    throw throttled(7);
  },
};

describe('scimHandler', () => {
  test('an unexpected failure is a 500 that tells the client nothing, and is logged once with its stack', async () => {
    const { status, headers, body } = await call(scimHandler(routes), {
      method: 'POST',
      path: '/Users',
      body: { userName: 'ada@example.com' },
    });
    const detail = 'Internal server error (request request-1)';
    expect({ status, body }).toEqual({ status: 500, body: { schemas: [ERROR], status: '500', detail } });
    expect(headers).toMatchObject({ 'Content-Type': 'application/scim+json', 'X-Request-Id': 'request-1' });
    expect(logged).toMatchObject([
      { level: 'ERROR', message: 'request failed', requestId: 'request-1', name: 'Error', stack: expect.stringMatching(/^ {4}at .*\d$/ms) },
      { level: 'INFO', status: 500, requestId: 'request-1' },
    ]);
    expect(JSON.stringify(logged)).not.toMatch(/on fire|ada@example\.com/);
  });

  test('one line is logged for each request', async () => {
    await call(scimHandler(routes), { path: '/Users?filter=userName%20eq%20%22ada%22' });
    expect(logged).toEqual([
      {
        level: 'INFO',
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        directory: 'acme',
        method: 'GET',
        route: '/{directory}/scim/v2/Users',
        status: 200,
        ms: expect.any(Number),
        StoreCalls: 0,
        requestId: 'request-1',
        coldStart: expect.any(Boolean),
      },
    ]);
  });

  test('the line of an error has its scimType, and what the client calls itself', async () => {
    const request = { path: '/Groups', headers: { 'user-agent': 'Okta SCIM Client 1.0.0' } };
    await call(scimHandler({ 'GET /Groups': () => Promise.reject(invalidSyntax('ada')) }), request);
    expect(logged).toMatchObject([{ level: 'INFO', status: 400, scimType: 'invalidSyntax', userAgent: 'Okta SCIM Client 1.0.0' }]);
    expect(JSON.stringify(logged)).not.toContain('ada');
  });

  test('the line counts in the metrics of its stack, which have no dimension of the directory', async () => {
    process.env.STACK_NAME = 'Rollcall';
    const noting: Routes = {
      'GET /Users': async ({ trace }) => {
        trace.storeCalls = 3;
        trace.unknownAttributes.add('shoeSize');
        return { status: 200 };
      },
    };
    try {
      await call(scimHandler(noting), { path: '/Users' });
      await call(scimHandler(routes), { path: '/Users' });
    } finally {
      delete process.env.STACK_NAME;
    }
    const metricsOf = (...names: readonly string[]) => ({
      Timestamp: expect.any(Number),
      CloudWatchMetrics: [{ Namespace: 'Rollcall', Dimensions: [['Stack']], Metrics: names.map((Name) => ({ Name, Unit: 'Count' })) }],
    });
    expect(logged).toMatchObject([
      { Stack: 'Rollcall', StoreCalls: 3, UnknownAttributes: 1, _aws: metricsOf('StoreCalls', 'UnknownAttributes') },
      { Stack: 'Rollcall', StoreCalls: 0, _aws: metricsOf('StoreCalls') },
    ]);
  });

  test('the names of unknown attributes are logged and counted, but no value that a name may hold', async () => {
    const names = [
      'shoeSize',
      'emails[value eq "ada@example.com"].colour',
      'ada@example.com',
      `x${'y'.repeat(200)}`,
      'name.nick',
      '5551234567',
      'urn:x:2.0:User:colour',
      mintToken('acme', 'test', []).token.replace(/[^.]+$/, 'a$&'),
      'Q'.repeat(43),
      'AKIAIOSFODNN7EXAMPLE',
      `emails[${'value eq "ada"'.repeat(50)}].colour`,
      '['.repeat(1_000_000),
      '[]'.repeat(500_000),
      'x.'.repeat(500_000),
    ];
    const noting: Routes = {
      'POST /Users': async ({ trace }) => {
        for (const name of names) trace.unknownAttributes.add(name);
        return { status: 201 };
      },
    };
    await call(scimHandler(noting), { method: 'POST', path: '/Users', body: {} });
    expect(logged).toMatchObject([
      {
        unknownAttributes: ['shoeSize', 'emails.colour', '(no attribute name)', 'name.nick', 'urn:x:2.0:User:colour'],
        UnknownAttributes: 14,
      },
    ]);
  });

  test.each([
    { name: 'a success', path: '/Users' },
    { name: 'an error', path: '/Users/1' },
    { name: 'a method that is not there', path: '/Users', method: 'DELETE' },
  ])('every answer names its request: $name', async ({ path, method = 'GET' }) => {
    await expect(call(scimHandler(routes), { method, path })).resolves.toMatchObject({ headers: { 'X-Request-Id': 'request-1' } });
  });

  test('a throttled store is 429 with Retry-After', async () => {
    await expect(call(scimHandler(routes), { path: '/Users/1' })).resolves.toMatchObject({ status: 429, headers: { 'Retry-After': '7' } });
  });

  test('a known path with another method is 405 with Allow', async () => {
    const response = await call(scimHandler(routes), { method: 'DELETE', path: '/Users' });
    expect(response).toMatchObject({ status: 405, headers: { Allow: 'GET, POST' }, body: { schemas: [ERROR], status: '405' } });
  });

  test('an unknown path is 404', async () => {
    await expect(call(discovery, { path: '/Users/1/2/3' })).resolves.toMatchObject({
      status: 404,
      body: { schemas: [ERROR], status: '404' },
    });
  });
});

describe('what is not built yet is a SCIM 501', () => {
  test.each([
    [scimHandler(unbuiltBulk), 'POST', '/Bulk'],
    [discovery, 'GET', '/Me'],
    [discovery, 'POST', '/.search'],
  ])('%#: %p %p', async (handler, method, path) => {
    await expect(call(handler, { method, path })).resolves.toMatchObject({ status: 501, body: { schemas: [ERROR], status: '501' } });
  });
});

describe('discovery (RFC 7644 section 4)', () => {
  const [TYPES, SCHEMAS] = [resourceTypes.length, schemasOf(resourceTypes).length];

  test.each([
    ['/ServiceProviderConfig', { patch: { supported: true }, etag: { supported: true }, filter: { supported: true, maxResults: 200 } }],
    ['/ResourceTypes', { totalResults: TYPES, itemsPerPage: TYPES, startIndex: 1 }],
    ['/ResourceTypes/User', { id: 'User', meta: { location: 'http://scim.example/acme/scim/v2/ResourceTypes/User' } }],
    ['/Schemas?startIndex=2&count=1&sortBy=id', { totalResults: SCHEMAS, itemsPerPage: SCHEMAS, startIndex: 1 }],
    ['/Schemas/urn:ietf:params:scim:schemas:core:2.0:User', { id: 'urn:ietf:params:scim:schemas:core:2.0:User', name: 'User' }],
    ['/Schemas/urn%3Aietf%3Aparams%3Ascim%3Aschemas%3Acore%3A2.0%3AGroup', { id: 'urn:ietf:params:scim:schemas:core:2.0:Group' }],
  ])('GET %s', async (path, expected) => {
    await expect(call(discovery, { path })).resolves.toMatchObject({ status: 200, body: expected });
  });

  test.each(['/ServiceProviderConfig', '/ResourceTypes', '/Schemas', '/Schemas/urn:ietf:params:scim:schemas:core:2.0:User'])(
    '%s refuses a filter with 403',
    async (path) => {
      await expect(call(discovery, { path: `${path}?filter=id%20pr` })).resolves.toMatchObject({ status: 403, body: { status: '403' } });
    },
  );

  test('an unknown schema is 404, another method 405', async () => {
    await expect(call(discovery, { path: '/Schemas/urn:none' })).resolves.toMatchObject({ status: 404 });
    await expect(call(discovery, { method: 'POST', path: '/Schemas', body: {} })).resolves.toMatchObject({
      status: 405,
      headers: { Allow: 'GET' },
    });
  });
});
