import { expect, test } from '@jest/globals';
import { checkLayers, forbiddenImports } from './support/layers.ts';

test('no file of lambdas/ imports outwards', () => {
  expect(checkLayers('lambdas')).toEqual([]);
});

test.each([
  ['scim/patch/patch.ts', "import { randomUUID } from 'node:crypto';"],
  ['scim/validate.ts', "import { create } from '../directory/operations.ts';"],
  ['scim/validate.ts', "export { create } from '../store/create.ts';"],
  ['directory/operations.ts', "import { tableFromEnvironment } from '../store/table.ts';"],
  ['http/query.ts', "import { DynamoDBClient } from '@aws-sdk/client-dynamodb';"],
  ['auth/token.ts', "const { x } = await import('../http/query.ts');"],
  ['shared/text.ts', ''],
])('%s may not have: %s', (file, source) => {
  expect(forbiddenImports(file, source)).toHaveLength(1);
});

test.each([
  ['scim/patch/patch.ts', "import { valuesAt } from '../filter/compile.ts';"],
  ['store/create.ts', "import {\n  TransactWriteCommand,\n} from '@aws-sdk/lib-dynamodb';"],
  ['users.ts', "import { scimHandler } from './http/scim-handler.ts';"],
])('%s may have: %s', (file, source) => {
  expect(forbiddenImports(file, source)).toEqual([]);
});
