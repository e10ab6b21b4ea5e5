import { createHash } from 'node:crypto';
import type { JsonObject } from '../../lambdas/scim/json.ts';
import type { Attribute } from '../../lambdas/scim/schemas/attribute.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';

/*
 * The entries that a resource must have, from what its type says and from its body. Nothing of it is the store's, so that what
 * the store forgets or folds in another way shows.
 */

export interface ExpectedEntry {
  readonly pk: string;
  readonly sk: string;
  /** The attribute's path, as the type names it. */
  readonly path: string;
}

export function expectedEntries(directory: string, type: ResourceType, id: string, body: JsonObject): ExpectedEntry[] {
  const entriesOf = (sk: string) => (path: string) => {
    const names = namesOf(type, path);
    const attribute = attributeAt(type, names);
    const texts = valuesAt(body, names).map((value) => (attribute.caseExact ? value : value.normalize('NFC').toLowerCase()));
    return [...new Set(texts)].map((text) => ({ pk: `${directory}#${type.name}.${path}#${inKey(text)}`, sk, path }));
  };
  return [...type.unique.flatMap(entriesOf('=')), ...[...type.indexed, ...type.indexing].flatMap(entriesOf(id))];
}

/** The names on the way to a value. Those of an extension stand behind its URN, which has dots of its own. */
function namesOf({ extensions }: ResourceType, path: string): string[] {
  const urn = extensions.map(({ schema }) => schema.id).find((one) => path.startsWith(`${one}:`));
  return urn === undefined ? path.split('.') : [urn, ...path.slice(urn.length + 1).split('.')];
}

function attributeAt(type: ResourceType, names: readonly string[]): Attribute {
  let level: readonly Attribute[] = type.attributes;
  let found: Attribute | undefined;
  for (const wanted of names) {
    found = level.find(({ name }) => name === wanted);
    level = found?.subAttributes ?? [];
  }
  // Other types are compared in other ways, which nobody has needed here.
  if (found?.type !== 'string') throw new Error(`${names.join(' ')} of ${type.name} is no string: its entries are not known here`);
  return found;
}

function valuesAt(value: unknown, [name, ...rest]: readonly string[]): string[] {
  if (Array.isArray(value)) return value.flatMap((one) => valuesAt(one, name === undefined ? [] : [name, ...rest]));
  if (name !== undefined) return valuesAt(Object(value)[name], rest);
  return value === undefined || value === null || value === '' ? [] : [String(value)];
}

const LONGEST = 512;

/** A long value is keyed by its digest, and so is what looks like one. */
const inKey = (text: string): string =>
  Buffer.byteLength(text) > LONGEST || text.startsWith('sha256:') ? `sha256:${createHash('sha256').update(text).digest('hex')}` : text;
