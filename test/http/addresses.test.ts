import { describe, expect, test } from '@jest/globals';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import { discoveryRoutes } from '../../lambdas/http/discovery-routes.ts';
import { scimHandler } from '../../lambdas/http/scim-handler.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { eventOf } from '../support/events.ts';

const BELOW = '/ResourceTypes/User';

/** The address that an answer prints, and how the request came: as API Gateway describes it. */
async function locationOf(event: APIGatewayProxyEvent, address?: string): Promise<string> {
  const handler = scimHandler(discoveryRoutes([user]), address);
  const result: APIGatewayProxyResult = await handler(event, { getRemainingTimeInMillis: () => 28_000 } as Context);
  return JSON.parse(result.body).meta.location;
}

const arriving = (domainName: string, path: string, headers: Record<string, string> = { 'X-Forwarded-Proto': 'https' }) => {
  const event = eventOf({ path: BELOW });
  return { ...event, headers, requestContext: { ...event.requestContext, domainName, path } };
};

describe('addresses that are printed', () => {
  test.each([
    {
      name: 'at the host of the API, with its stage',
      event: arriving('abc.execute-api.eu-west-1.amazonaws.com', `/prod/acme/scim/v2${BELOW}`),
      expected: 'https://abc.execute-api.eu-west-1.amazonaws.com/prod/acme/scim/v2',
    },
    { name: 'at a custom domain', event: arriving('scim.example', `/acme/scim/v2${BELOW}`), expected: 'https://scim.example/acme/scim/v2' },
    {
      name: 'at a custom domain with a mapped path',
      event: arriving('api.example', `/identity/v1/acme/scim/v2${BELOW}`),
      expected: 'https://api.example/identity/v1/acme/scim/v2',
    },
    {
      name: 'with slashes too many',
      event: arriving('s.example', `/prod/acme//scim/v2/${BELOW}`),
      expected: 'https://s.example/prod/acme/scim/v2',
    },
    {
      name: 'in a directory called as the stage',
      event: arriving('s.example', `/acme/acme/scim/v2${BELOW}`),
      expected: 'https://s.example/acme/acme/scim/v2',
    },
    {
      name: 'on this machine',
      event: arriving('127.0.0.1:3000', `/acme/scim/v2${BELOW}`, { 'x-forwarded-proto': 'http' }),
      expected: 'http://127.0.0.1:3000/acme/scim/v2',
    },
    {
      name: 'whatever scheme a client claims',
      event: arriving('s.example', `/acme/scim/v2${BELOW}`, { 'X-Forwarded-Proto': 'javascript' }),
      expected: 'https://s.example/acme/scim/v2',
    },
  ])('$name', async ({ event, expected }) => {
    await expect(locationOf(event)).resolves.toBe(expected + BELOW);
  });

  test('begin with the setting where there is one, wherever the request came', async () => {
    const event = arriving('127.0.0.1:3000', `/prod/acme/scim/v2${BELOW}`, {});
    await expect(locationOf(event, 'https://tunnel.example/x')).resolves.toBe(`https://tunnel.example/x/acme/scim/v2${BELOW}`);
  });
});
