import type { Scope, Store } from '../directory/store.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { typeIn } from '../scim/schemas/type-in.ts';
import { SEARCH_LIMITS, type SearchLimits } from './budget.ts';
import { readCatalogue } from './catalogue.ts';
import { createResource } from './create.ts';
import { groupsOf } from './groups-of.ts';
import { countHolders, holders } from './holders.ts';
import { GROUP_LIMITS, type GroupLimits } from './member-writes.ts';
import { getAllMembers, getMembers } from './members.ts';
import { namesOf } from './names.ts';
import { getResource } from './read.ts';
import { removeResource } from './remove.ts';
import { searchResources } from './search.ts';
import { type Table, tableFromEnvironment } from './table.ts';
import { notingTokenUse } from './token-use.ts';
import { updateResource } from './update.ts';
import { updateGroup } from './update-group.ts';
import { warmUp } from './warm-up.ts';

/** The store of `directory/` over one DynamoDB table. */
export function dynamoStore(table: Table, limits: Partial<SearchLimits & GroupLimits> = {}): Store {
  const ofGroups = { ...GROUP_LIMITS, ...limits };
  /** Has something done with a type as it is in the directory: neither who asks for it nor what does it knows of settings. */
  const inDirectory =
    <Rest extends unknown[], Result>(act: (table: Table, scope: Scope, type: ResourceType, ...rest: Rest) => Result) =>
    (scope: Scope, type: ResourceType, ...rest: Rest): Result =>
      act(table, scope, typeIn(type, scope.settings), ...rest);
  return {
    create: inDirectory((to, ...args) => createResource(to, ofGroups, ...args)),
    get: inDirectory(getResource),
    update: inDirectory(updateResource),
    updateGroup: inDirectory((to, ...args) => updateGroup(to, ofGroups, ...args)),
    remove: inDirectory(removeResource),
    getMembers: inDirectory(getMembers),
    getAllMembers: inDirectory(getAllMembers),
    groupsOf: inDirectory(groupsOf),
    names: inDirectory(namesOf),
    catalogue: (...args) => readCatalogue(table, ...args),
    countHolders: inDirectory(countHolders),
    holders: inDirectory(holders),
    search: inDirectory((to, ...args) => searchResources(to, { ...SEARCH_LIMITS, ...limits }, ...args)),
  };
}

/** The store of a function that answers requests. Made once, when it starts, and ready for the first of them. */
export async function storeFromEnvironment(): Promise<Store> {
  const table = tableFromEnvironment();
  await warmUp(table);
  return notingTokenUse(dynamoStore(table), table);
}
