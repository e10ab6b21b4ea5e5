import { setTimeout as sleep } from 'node:timers/promises';
import { type Candidate, textOfCandidate } from '../../scim/catalogue.ts';
import { countedGrants } from '../../scim/grants.ts';
import type { JsonObject } from '../../scim/json.ts';
import { holdersAmong, type ResourceType } from '../../scim/schemas/resource-type.ts';
import { getItems } from '../batch-get.ts';
import { idsByGrant } from '../holders.ts';
import { isNewer, type ResourceItem } from '../items.ts';
import { resourceKey } from '../keys.ts';
import { getItem } from '../read.ts';
import type { Table } from '../table.ts';
import { setIfUnmoved } from './resize.ts';
import { type Item, scopeOfStep } from './scan.ts';
import type { Located } from './survey.ts';

/** What a scan found of a resource whose assignments are counted: how many have it, and how many it says. */
export interface Assignment {
  readonly directory: string;
  readonly granted: Candidate;
  holders: number;
  /** None as long as the resource itself was not seen. */
  assigned?: number;
}

type Assignments = Map<string, Assignment>;

/**
 * Notes one item among the assignments: what it has, and to how many it is granted. Nobody can judge that where those who may have
 * it were not named.
 */
export function noteAssignments(assignments: Assignments, types: readonly ResourceType[], { item, place, type }: Located): void {
  if (place.kind !== 'resource') return;
  const { directory, id } = place;
  for (const granted of countedGrants(type, bodyOf(item))) assignmentOf(assignments, directory, granted).holders++;
  const granted = type.counted && types.find(({ name }) => name === type.name);
  if (!granted || holdersAmong(types, granted).length === 0) return;
  assignmentOf(assignments, directory, { type: granted, id }).assigned = saidBy(item);
}

function assignmentOf(assignments: Assignments, directory: string, granted: Candidate): Assignment {
  const name = `${directory}\n${textOfCandidate(granted)}`;
  const noted = assignments.get(name) ?? { directory, granted, holders: 0 };
  assignments.set(name, noted);
  return noted;
}

const bodyOf = ({ body }: Item | ResourceItem): JsonObject => (body ?? {}) as JsonObject;

const saidBy = ({ assigned }: Item | ResourceItem): number => Number(assigned ?? 0);

/** Of a resource that the scan has not seen those who have it say nothing. */
export const seemsMiscounted = ({ holders, assigned }: Assignment): boolean => assigned !== undefined && assigned !== holders;

const ATTEMPTS = 5;

/**
 * Counts those who have a resource, and sets its `assigned` if it is wrong. Whoever is granted it, or loses it, moves its `version` in
 * the same transaction, so that this is done as a recount is, and with the same pause: see `recount`. There is one exception: where it
 * says that nobody has it, somebody who has it all the same loses it without a trace there (see `unassign`). So what was set is counted
 * once more.
 */
export async function reassign(
  table: Table,
  types: readonly ResourceType[],
  { directory, granted }: Assignment,
  pause: number,
): Promise<'right' | 'reassigned' | 'busy'> {
  const readGranted = () => getItem<ResourceItem>(table, scopeOfStep(directory), resourceKey(directory, granted.type, granted.id));
  let isSet = false;
  for (let attempt = 1; attempt <= ATTEMPTS; attempt++) {
    const read = await readGranted();
    if (!read || isNewer(read)) return 'right';
    await sleep(pause);
    const holders = await countExactly(table, directory, types, granted);
    if (holders === undefined) return 'right';
    if (holders !== saidBy(read)) isSet = (await setIfUnmoved(table, directory, read, 'assigned', holders)) || isSet;
    else if ((await readGranted())?.version === read.version) return isSet ? 'reassigned' : 'right';
  }
  return 'busy';
}

const isCounted = (type: ResourceType, item: ResourceItem, granted: Candidate): boolean =>
  countedGrants(type, bodyOf(item)).some((one) => textOfCandidate(one) === textOfCandidate(granted));

/** In which those who have one resource are counted, however many there are. */
const COUNT_MS = 600_000;

/** How many have a resource; `undefined` if a newer version has written one of them: what that one has, this version cannot tell. */
async function countExactly(
  table: Table,
  directory: string,
  types: readonly ResourceType[],
  granted: Candidate,
): Promise<number | undefined> {
  const scope = { ...scopeOfStep(directory), deadline: Date.now() + COUNT_MS };
  let total = 0;
  for (const type of holdersAmong(types, granted.type)) {
    for await (const ids of idsByGrant(table, scope, type, granted)) {
      const keys = ids.map((id) => resourceKey(directory, type, id));
      const found = [...(await getItems<ResourceItem>(table, scope, keys)).values()];
      if (found.some(isNewer)) return undefined;
      total += found.filter((item) => isCounted(type, item, granted)).length;
    }
  }
  return total;
}
