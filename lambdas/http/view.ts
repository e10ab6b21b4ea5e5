import type { Directory } from '../directory/directory.ts';
import { asCreated, type Shown, showsNames, withRelations } from '../directory/relations.ts';
import type { Member } from '../directory/store.ts';
import { notFound, tooMany } from '../scim/errors.ts';
import { compileProjection, type Selection } from '../scim/project.ts';
import { etag, locationOf, represent, type StoredResource } from '../scim/resource.ts';
import { group } from '../scim/schemas/group.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';

/** A resource as it is shown, and of which version that is. */
export interface Answered {
  readonly stored: StoredResource;
  readonly json: string;
}

/** Resources of a type as one request wants to see them. */
export interface View {
  /** Whether the names of other resources may be shown with it. */
  showsNames(stored: StoredResource): boolean;
  /** Which version this is, and where it is. */
  headers(stored: StoredResource): { readonly ETag: string; readonly Location: string };
  /** Throws 404 if it is gone by now, `tooMany` if no answer holds it. */
  one(stored: StoredResource): Promise<Answered>;
  /**
   * What has just been written, and is not refused any more: where no answer holds it, it goes without its members or groups. What has
   * been created comes with its members.
   */
  written(stored: StoredResource, members?: readonly Member[]): Promise<Answered>;
  /** How many of some resources, from the first on, one answer holds: one at least. Throws `tooMany` if it holds none of them. */
  fitting(resources: readonly StoredResource[]): Promise<number>;
  /** Those of some resources that are still there, as JSON. They have been asked about in `fitting`. */
  some(resources: readonly StoredResource[]): string[];
}

/** Lambda's answers end at 6 MB, in which ours is a string: its quotes are escaped. Some room is left for the list around it. */
const MAX_BYTES = 6 * 1024 * 1024 - 64 * 1024;

const bytesOf = (json: string): number => Buffer.byteLength(JSON.stringify(json));

/** The most that a unit of a JavaScript string comes to in bytes. What has to be escaped in JSON, quotes and backslashes, comes to two. */
const MOST_BYTES_PER_UNIT = 3;

const AN_ID = '00000000-0000-4000-8000-000000000000';

/** How much of an answer a member takes at least, or a group of a user: of the first, there is nothing but its id where there are many. */
const BYTES_PER_MEMBER = bytesOf(JSON.stringify({ value: AN_ID }));
const BYTES_PER_GROUP = bytesOf(JSON.stringify({ value: AN_ID, $ref: locationOf(group, AN_ID, ''), display: '', type: 'direct' }));

export function viewOf(type: ResourceType, directory: Directory, baseUrl: string, selection: Selection): View {
  const { project, shows } = compileProjection(type, selection);
  const toAnswered = ({ stored, relations }: Shown): Answered => ({
    stored,
    json: JSON.stringify(project(represent(type, stored, relations, baseUrl))),
  });
  const related = type.members ?? type.memberOf ?? '';
  const isRelated = shows(related);
  const leastBytes = ({ size = 0, groupIds = [] }: StoredResource) => {
    if (!isRelated) return 0;
    return type.members === undefined ? groupIds.length * BYTES_PER_GROUP : size * BYTES_PER_MEMBER;
  };
  const refuse = () => tooMany(`${related}: too many for one answer, expected a request with excludedAttributes=${related}`);
  /** `undefined` where no answer holds it. */
  const answered = async (stored: StoredResource, relate: () => Promise<Shown[]>): Promise<Answered | undefined> => {
    if (leastBytes(stored) > MAX_BYTES) return undefined;
    const [shown] = await relate();
    if (!shown) throw notFound(stored.id);
    const result = toAnswered(shown);
    return isRelated && countFitting([result.json]) === 0 ? undefined : result;
  };
  const read = (stored: StoredResource) => () => withRelations(directory, type, [stored], shows);
  const known = new Map<string, string>();
  return {
    showsNames: (stored) => showsNames(type, stored, shows),
    headers: (stored) => ({ ETag: etag(stored), Location: locationOf(type, stored.id, baseUrl) }),
    async one(stored) {
      const result = await answered(stored, read(stored));
      if (!result) throw refuse();
      return result;
    },
    async written(stored, members) {
      const relate = members && isRelated ? () => asCreated(directory, { stored, members }) : read(stored);
      return (await answered(stored, relate)) ?? toAnswered({ stored, relations: {} });
    },
    async fitting(resources) {
      const few = resources.slice(0, countUntilFull(resources, leastBytes));
      if (resources.length > 0 && few.length === 0) throw refuse();
      for (const shown of await withRelations(directory, type, few, shows)) known.set(shown.stored.id, toAnswered(shown).json);
      const count = countFitting(few.map(({ id }) => known.get(id) ?? ''));
      if (few.length > 0 && count === 0) throw refuse();
      return count;
    },
    some: (resources) => resources.map(({ id }) => known.get(id)).filter((json) => json !== undefined),
  };
}

/** How many resources, from the first on, one answer holds. Most answers are far from full, which their lengths tell without a count. */
function countFitting(resources: readonly string[]): number {
  const units = resources.reduce((sum, json) => sum + json.length, 0);
  return units * MOST_BYTES_PER_UNIT <= MAX_BYTES ? resources.length : countUntilFull(resources, bytesOf);
}

/** How many items, from the first on, have no more bytes together than an answer holds. */
function countUntilFull<T>(items: readonly T[], bytes: (item: T) => number): number {
  let total = 0;
  const end = items.findIndex((item) => {
    total += bytes(item);
    return total > MAX_BYTES;
  });
  return end < 0 ? items.length : end;
}
