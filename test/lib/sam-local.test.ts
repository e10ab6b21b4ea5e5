import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { DynamoDBClient } from '@aws-sdk/client-dynamodb';
import { afterEach, describe, expect, test } from '@jest/globals';
import { parseAuthorization } from '../../lambdas/auth/credential.ts';
import { readApi } from '../../lib/local/api.ts';
import { route } from '../../lib/local/router.ts';
import {
  functionOfSample,
  rawResources,
  type SamFunction,
  samFunctions,
  sampleEnvVars,
  sampleEvent,
  sampleNames,
  samVariables,
} from '../support/sam.ts';
import { template } from '../support/test-table.ts';

/*
 * What `sam local` needs of the template, as SAM CLI's sources have it: it is not run here, since it needs Docker.
 */

const folder = process.env.TEST_CDK_OUT ?? '';
const raw = rawResources(folder);
const functions = samFunctions(folder);

/** The function's name in a URI, whose intrinsic functions are resolved (samcli/commands/local/lib/swagger/integration_uri.py). */
const functionInUri = (uri: string): string | undefined =>
  /arn:aws:lambda:[^:]+:[^:]+:function:[^:/]+(?::[^/]+)?/.exec(uri)?.[0].replace(/.*:function:([^:]*).*/, '$1');

/** The names of the intrinsic functions in a value. */
const intrinsicsIn = (value: unknown): string[] =>
  typeof value !== 'object' || value === null
    ? []
    : Object.entries(value).flatMap(([name, part]) => [...(/^(Ref|Fn::.*)$/.test(name) ? [name] : []), ...intrinsicsIn(part)]);

/** Those that SAM CLI resolves to what is meant, beside Fn::GetAtt of `Arn` (samcli/lib/intrinsic_resolver). */
const RESOLVED = ['Ref', 'Fn::Join', 'Fn::Select', 'Fn::Split', 'Fn::GetAtt'];

describe('sam local invoke', () => {
  test.each([...functions.keys()])('finds the code of %s', (logicalId) => {
    const { codePath, handler, runtime } = functions.get(logicalId) as SamFunction;
    expect(raw[logicalId]?.Metadata).toMatchObject({ 'aws:asset:property': 'Code', 'aws:asset:is-bundled': true });
    expect([existsSync(join(codePath, 'index.mjs')), handler, runtime]).toEqual([true, 'index.handler', 'nodejs24.x']);
  });

  test.each(Object.keys(sampleEnvVars()))(
    'test/events/env.json has values for %s, and for variables alone that it declares',
    (logicalId) => {
      const { variables } = functions.get(logicalId) ?? { variables: {} };
      expect(Object.keys(variables)).toEqual(expect.arrayContaining(Object.keys(sampleEnvVars()[logicalId] ?? {})));
    },
  );

  test('with test/events/env.json, no function reaches AWS', () => {
    for (const each of functions.values()) {
      const endpoints = Object.entries(samVariables(each, sampleEnvVars())).filter(([name]) => name.startsWith('AWS_ENDPOINT_URL'));
      expect([each.logicalId, endpoints.filter(([, url]) => !url.startsWith('http://host.docker.internal:'))]).toEqual([
        each.logicalId,
        [],
      ]);
    }
  });

  test('a table without a name is named by its logical id, by SAM as by npm start', () => {
    expect(functions.get('UsersFunction')?.variables.TABLE_NAME).toBe(sampleEnvVars().UsersFunction?.TABLE_NAME);
  });
});

describe('an endpoint that is declared empty', () => {
  const before = process.env.AWS_ENDPOINT_URL_DYNAMODB;
  afterEach(() => {
    if (before === undefined) delete process.env.AWS_ENDPOINT_URL_DYNAMODB;
    else process.env.AWS_ENDPOINT_URL_DYNAMODB = before;
  });

  test("is none: the SDK goes to AWS's own, or to that of a global AWS_ENDPOINT_URL, which it does not keep away", async () => {
    process.env.AWS_ENDPOINT_URL_DYNAMODB = '';
    const client = new DynamoDBClient({ region: 'eu-west-1' });
    expect(client.config.endpoint).toBeUndefined();
    const { url } = client.config.endpointProvider({ Region: 'eu-west-1' });
    expect(url.hostname).toBe('dynamodb.eu-west-1.amazonaws.com');
  });
});

describe('sam local start-api', () => {
  const uris = Object.entries(raw).flatMap(([logicalId, { Type, Properties }]) => {
    const { Integration } = Properties as { Integration?: { Uri: unknown } };
    if (Type === 'AWS::ApiGateway::Method') return [[logicalId, Integration?.Uri] as const];
    return Type === 'AWS::ApiGateway::Authorizer' ? [[logicalId, Properties.AuthorizerUri] as const] : [];
  });

  test('resolves the address of every integration, and of the authorizer', () => {
    expect(uris.length).toBeGreaterThan(20);
    for (const [logicalId, uri] of uris)
      expect([logicalId, intrinsicsIn(uri).filter((name) => !RESOLVED.includes(name))]).toEqual([logicalId, []]);
    const resolved = [
      ...template()
        .ofType('AWS::ApiGateway::Method')
        .map(({ properties }) => properties.Integration.Uri),
      ...template()
        .ofType('AWS::ApiGateway::Authorizer')
        .map(({ properties }) => properties.AuthorizerUri),
    ];
    const named = new Set(resolved.map(functionInUri));
    expect([...named].sort()).toEqual([...functions.keys()].sort());
  });

  test('knows the authorizer: of a type, with a name, and by a header', () => {
    const authorizers = Object.values(raw).filter(({ Type }) => Type === 'AWS::ApiGateway::Authorizer');
    expect(authorizers).toMatchObject([
      {
        Properties: {
          Type: 'REQUEST',
          Name: expect.any(String),
          IdentitySource: 'method.request.header.Authorization',
          RestApiId: { Ref: 'ScimApi' },
        },
      },
    ]);
  });
});

describe('the events in test/events/', () => {
  const api = readApi(template());

  test('there is one for each function', () => {
    expect(new Set(sampleNames.map(functionOfSample))).toEqual(new Set(functions.keys()));
  });

  test.each(sampleNames)('%s is what the API makes of a request', (name) => {
    const event = sampleEvent(name);
    const { httpMethod, path, resource, pathParameters, headers, multiValueHeaders, queryStringParameters, requestContext } = event;
    const match = route(api.root, httpMethod, path);
    expect(match).toMatchObject({ resource: { path: resource }, pathParameters });
    const served = name.startsWith('authorizer-') ? match?.method.authorizer?.functionId : match?.method.functionId;
    expect(served).toBe(functionOfSample(name));
    expect(requestContext).toMatchObject({ httpMethod, resourcePath: resource, stage: api.stage, path: `/${api.stage}${path}` });
    const lists = (values: object | null) => values && Object.fromEntries(Object.entries(values).map(([key, value]) => [key, [value]]));
    expect(multiValueHeaders).toEqual(lists(headers));
    expect(event.multiValueQueryStringParameters).toEqual(lists(queryStringParameters));
    expect(parseAuthorization(headers.Authorization ?? '')).toMatchObject({ directory: 'acme' });
  });
});
