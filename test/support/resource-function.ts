import { afterAll, beforeAll } from '@jest/globals';
import { resourceRoutes } from '../../lambdas/http/resource-routes.ts';
import { scimHandler } from '../../lambdas/http/scim-handler.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { call, type TestRequest, type TestResponse } from './events.ts';
import { type TestTable, testTable } from './test-table.ts';

/** The function of a resource type, over a table that the tests of one file share. */
export interface ResourceFunction {
  /** Not before the tests have begun. */
  table(): TestTable;
  send(request: TestRequest): Promise<TestResponse>;
}

export const usersFunction = (): ResourceFunction => resourceFunction(user);

/** To be called where a test file begins. */
export function resourceFunction(type: ResourceType): ResourceFunction {
  let table: TestTable;
  let handler: ReturnType<typeof scimHandler>;
  beforeAll(async () => {
    table = await testTable();
    handler = scimHandler(resourceRoutes(type, dynamoStore(table)));
  });
  afterAll(async () => table[Symbol.asyncDispose]());
  return { table: () => table, send: (request) => call(handler, request) };
}
