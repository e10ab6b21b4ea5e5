import { afterAll, beforeAll } from '@jest/globals';
import { routesOf } from '../../lambdas/http/resource-routes.ts';
import { scimHandler } from '../../lambdas/http/scim-handler.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import { call, type TestRequest, type TestResponse } from './events.ts';
import { type TestTable, testTable } from './test-table.ts';

/** The functions of some resource types, over a table that the tests of one file share. */
export interface ResourceFunction {
  /** Not before the tests have begun. */
  table(): TestTable;
  send(request: TestRequest): Promise<TestResponse>;
}

export const usersFunction = (): ResourceFunction => resourceFunction(user);

/** A user's groups, and a group's members, are changed by the function of the one and seen through that of the other. */
export const usersAndGroups = (): ResourceFunction => resourceFunction(user, group);

/** To be called where a test file begins. A request goes to the function of the type whose endpoint it names. */
export function resourceFunction(...types: readonly ResourceType[]): ResourceFunction {
  let table: TestTable;
  let handler: ReturnType<typeof scimHandler>;
  beforeAll(async () => {
    table = await testTable();
    handler = scimHandler(routesOf(types, dynamoStore(table)));
  });
  afterAll(async () => table[Symbol.asyncDispose]());
  return { table: () => table, send: (request) => call(handler, request) };
}
