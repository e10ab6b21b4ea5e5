import { keyOf } from '../scim/compare.ts';
import { tooMany } from '../scim/errors.ts';
import { valuesAt } from '../scim/filter/compile.ts';
import type { JsonObject } from '../scim/json.ts';
import { oncePer } from '../scim/once-per.ts';
import { attributePath, resolvePath } from '../scim/path.ts';
import type { Attribute } from '../scim/schemas/attribute.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { type Key, textOf, UNIQUE, valueKey } from './keys.ts';

/** An item by which a resource is found. `attribute` is for errors: the path in the schema's spelling. */
export interface IndexEntry {
  readonly key: Key;
  readonly unique: boolean;
  readonly attribute: string;
}

/** An index entry as it lies in the table: a unique one says whose it is, of another one the sort key does. */
export interface EntryItem extends Key {
  readonly id?: unknown;
}

/** The id of the resource that an entry leads to. */
export const ownerOf = ({ sk, id }: EntryItem): unknown => (sk === UNIQUE ? id : sk);

/** A transaction takes 100 items; the resource, its count and some room are set aside. */
export const MAX_ENTRIES = 90;

/** The attribute that a path of a type's `indexed` or `unique` names. */
export function indexedAttribute(type: ResourceType, path: string): { chain: readonly Attribute[]; attribute: Attribute } {
  const named = attributePath(path);
  const chain = named && resolvePath(type.attributes, named);
  const attribute = chain?.at(-1);
  if (!chain || !attribute) throw new Error(`${type.name} has no attribute ${path} to index`);
  return { chain, attribute };
}

/** What the resources of a type are looked up by, those values first that are unique. */
const indexesOf = oncePer((type: ResourceType) => {
  const toIndex = (unique: boolean) => (path: string) => {
    const { chain, attribute } = indexedAttribute(type, path);
    return { path, unique, chain, toKey: keyOf(attribute) };
  };
  return [...type.unique.map(toIndex(true)), ...[...type.indexed, ...type.indexing].map(toIndex(false))];
});

/** Every index entry of a resource. Two values that fold alike (of two e-mail addresses, say) are one entry. */
export const indexEntries = (directory: string, type: ResourceType, id: string, body: JsonObject): IndexEntry[] =>
  indexesOf(type).flatMap(({ path, unique, chain, toKey }) => {
    const keys = new Set(valuesAt(body, chain).map((value) => String(toKey(value) ?? value)));
    return [...keys].map((value) => ({
      key: {
        pk: valueKey(directory, type.name, path, value),
        sk: unique ? UNIQUE : id,
      },
      unique,
      attribute: path,
    }));
  });

/**
 * Whether a delete gives an entry up in its transaction. Another one leads to nobody after that and may go later, unless the id may
 * come again: what is removed later could be an entry of the resource that has it then.
 */
export const isGivenUpAtOnce = ({ givenIds }: ResourceType, { unique }: IndexEntry): boolean => unique || givenIds;

/**
 * The entries that a change adds and takes away. Throws `tooMany` where they do not fit into one transaction, or where those that
 * there are then would not that a delete gives up at once.
 */
export function moves(
  type: ResourceType,
  before: readonly IndexEntry[],
  after: readonly IndexEntry[],
): { added: IndexEntry[]; removed: IndexEntry[] } {
  const added = without(after, before);
  const removed = without(before, after);
  requireFew('the values that this changes', [...added, ...removed]);
  requireFew(
    type.givenIds ? 'the values that it is looked up by' : 'the unique values',
    after.filter((entry) => isGivenUpAtOnce(type, entry)),
  );
  return { added, removed };
}

function requireFew(what: string, entries: readonly IndexEntry[]) {
  if (entries.length <= MAX_ENTRIES) return;
  const byAttribute = Object.entries(Object.groupBy(entries, ({ attribute }) => attribute));
  const [attribute] = byAttribute.reduce((a, b) => ((a[1]?.length ?? 0) >= (b[1]?.length ?? 0) ? a : b));
  throw tooMany(`${attribute}: ${what} are too many for one request (${entries.length}, at most ${MAX_ENTRIES})`);
}

function without(entries: readonly IndexEntry[], others: readonly IndexEntry[]): IndexEntry[] {
  const known = new Set(others.map(({ key }) => textOf(key)));
  return entries.filter((entry) => !known.has(textOf(entry.key)));
}
