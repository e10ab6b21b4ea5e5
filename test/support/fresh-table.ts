import { afterEach, beforeEach } from '@jest/globals';
import { type TestTable, testTable } from './test-table.ts';

/** Each of the tests that follow has a table of its own, which `use` is given before it begins. */
export function eachOnFreshTable(use: (table: TestTable) => void): void {
  let table: TestTable;
  beforeEach(async () => {
    table = await testTable();
    use(table);
  });
  afterEach(async () => table[Symbol.asyncDispose]());
}
