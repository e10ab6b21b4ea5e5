import { afterAll, beforeAll } from '@jest/globals';
import { resourceRoutes } from '../../lambdas/http/resource-routes.ts';
import { scimHandler } from '../../lambdas/http/scim-handler.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { call, type TestRequest, type TestResponse } from './events.ts';
import { type TestTable, testTable } from './test-table.ts';

/** The function of the users, over a table that the tests of one file share. */
export interface UsersFunction {
  /** Not before the tests have begun. */
  table(): TestTable;
  send(request: TestRequest): Promise<TestResponse>;
}

/** To be called where a test file begins. */
export function usersFunction(): UsersFunction {
  let table: TestTable;
  let handler: ReturnType<typeof scimHandler>;
  beforeAll(async () => {
    table = await testTable();
    handler = scimHandler(resourceRoutes(user, dynamoStore(table)));
  });
  afterAll(async () => table[Symbol.asyncDispose]());
  return { table: () => table, send: (request) => call(handler, request) };
}
