import type { Store } from '../directory/store.ts';
import { SEARCH_LIMITS, type SearchLimits } from './budget.ts';
import { createResource } from './create.ts';
import { getAllMembers, getMembers, readRows } from './members.ts';
import { namesOf } from './names.ts';
import { getResource } from './read.ts';
import { removeResource } from './remove.ts';
import { searchResources } from './search.ts';
import type { Table } from './table.ts';
import { updateResource } from './update.ts';
import { updateGroup } from './update-group.ts';

/** The store of `directory/` over one DynamoDB table. */
export const dynamoStore = (table: Table, limits: Partial<SearchLimits> = {}): Store => ({
  create: (...args) => createResource(table, ...args),
  get: (...args) => getResource(table, ...args),
  update: (...args) => updateResource(table, ...args),
  updateGroup: (...args) => updateGroup(table, ...args),
  remove: (...args) => removeResource(table, ...args),
  getMembers: (...args) => getMembers(table, ...args),
  readMembers: (...args) => readRows(table, ...args),
  getAllMembers: (...args) => getAllMembers(table, ...args),
  names: (...args) => namesOf(table, ...args),
  search: (...args) => searchResources(table, { ...SEARCH_LIMITS, ...limits }, ...args),
});
