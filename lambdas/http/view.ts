import type { Directory } from '../directory/directory.ts';
import { asCreated, type Shown, showsNames, withRelations } from '../directory/relations.ts';
import type { Member } from '../directory/store.ts';
import { notFound, tooMany } from '../scim/errors.ts';
import type { JsonObject } from '../scim/json.ts';
import { compileProjection, type Selection } from '../scim/project.ts';
import { etag, locationOf, represent, type StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';

/** Resources of a type as one request wants to see them. */
export interface View {
  /** Whether the names of other resources may be shown with it. */
  showsNames(stored: StoredResource): boolean;
  /** Whether an answer may hold it, as far as one knows without its members. */
  mayFit(stored: StoredResource): boolean;
  /** Which version this is, and where it is. */
  headers(stored: StoredResource): { readonly ETag: string; readonly Location: string };
  /** Throws 404 if it is gone by now, `tooMany` if no answer holds it. What has just been created comes with its members. */
  one(stored: StoredResource, members?: readonly Member[]): Promise<{ readonly stored: StoredResource; readonly resource: JsonObject }>;
  /** How many of some resources, from the first on, one answer holds: one at least. Throws `tooMany` if it holds none of them. */
  fitting(resources: readonly StoredResource[]): Promise<number>;
  /** Those of some resources that are still there. They have been asked about in `fitting`. */
  some(resources: readonly StoredResource[]): JsonObject[];
}

/** Lambda's answers end at 6 MB, in which ours is a string: its quotes are escaped. Some room is left for the list around it. */
const MAX_BYTES = 6 * 1024 * 1024 - 64 * 1024;

const bytesOf = (resource: JsonObject): number => Buffer.byteLength(JSON.stringify(JSON.stringify(resource)));

/** What a member takes at least: its id. */
const BYTES_PER_MEMBER = bytesOf({ value: '00000000-0000-4000-8000-000000000000' });

export function viewOf(type: ResourceType, directory: Directory, baseUrl: string, selection: Selection): View {
  const { project, shows } = compileProjection(type, selection);
  const toResource = ({ stored, relations }: Shown) => project(represent(type, stored, relations, baseUrl));
  const leastBytes = ({ size = 0 }: StoredResource) => (type.members !== undefined && shows(type.members) ? size * BYTES_PER_MEMBER : 0);
  const mayFit = (stored: StoredResource) => leastBytes(stored) <= MAX_BYTES;
  const related = type.members ?? type.memberOf;
  const refuse = () => tooMany(`${related}: too many for one answer, expected a request with excludedAttributes=${related}`);
  const known = new Map<string, JsonObject>();
  return {
    showsNames: (stored) => showsNames(type, stored, shows),
    mayFit,
    headers: (stored) => ({ ETag: etag(stored), Location: locationOf(type, stored.id, baseUrl) }),
    async one(stored, members) {
      if (!mayFit(stored)) throw refuse();
      const [shown] = await (members ? asCreated(directory, { stored, members }) : withRelations(directory, type, [stored], shows));
      if (!shown) throw notFound(stored.id);
      const resource = toResource(shown);
      if (related !== undefined && shows(related) && bytesOf(resource) > MAX_BYTES) throw refuse();
      return { stored: shown.stored, resource };
    },
    async fitting(resources) {
      const few = resources.slice(0, countUntilFull(resources, leastBytes));
      if (resources.length > 0 && few.length === 0) throw refuse();
      for (const shown of await withRelations(directory, type, few, shows)) known.set(shown.stored.id, toResource(shown));
      const count = countUntilFull(few, ({ id }) => bytesOf(known.get(id) ?? {}));
      if (few.length > 0 && count === 0) throw refuse();
      return count;
    },
    some: (resources) => resources.map(({ id }) => known.get(id)).filter((resource) => resource !== undefined),
  };
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
