import { randomUUID } from 'node:crypto';
import { expect, test } from '@jest/globals';
import { npmStart, temporaryFolder } from '../support/npm-start.ts';
import { bearer } from '../support/users-of-stack.ts';

/*
 * What changes the stack that `npm start` serves, and has it synthesized anew: that takes some seconds each.
 */

test('BASE_URL is the address that is shown and printed in answers, and what is none is refused', async () => {
  const env = { BASE_URL: 'https://tunnel.example/x/', DYNAMODB_ENDPOINT: process.env.TEST_DYNAMODB_ENDPOINT ?? '' };
  await using stack = await npmStart(temporaryFolder(), env);
  expect(stack.baseUrl).toBe('https://tunnel.example/x/acme/scim/v2');
  const response = await fetch(`${stack.running.address}/acme/scim/v2/ResourceTypes/User`, { headers: bearer(stack.token) });
  expect(await response.json()).toMatchObject({ meta: { location: `${stack.baseUrl}/ResourceTypes/User` } });
});

test('context of the CDK app changes the stack that runs, and comes before BASE_URL', async () => {
  const env = { BASE_URL: 'https://tunnel.example', DYNAMODB_ENDPOINT: process.env.TEST_DYNAMODB_ENDPOINT ?? '' };
  const table = `restored-${randomUUID()}`;
  const context = ['-c', 'credentialCacheSeconds=1', '--context', `table=${table}`, '-c', 'baseUrl=https://scim.example/a=b'];
  await using stack = await npmStart(temporaryFolder(), env, context);
  expect(stack.baseUrl).toBe('https://scim.example/a=b/acme/scim/v2');
  expect(stack.running).toMatchObject({ apiUrl: 'https://scim.example/a=b', table, credentialCacheSeconds: 1 });
  const response = await fetch(`${stack.running.address}/acme/scim/v2/Users`, { headers: bearer(stack.token) });
  expect(await response.json()).toMatchObject({ totalResults: 1 });
});
