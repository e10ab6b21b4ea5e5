import type { Key } from '../compare.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from '../json.ts';
import { typeOf } from '../multi-valued.ts';
import { type Attribute, attributeNamed, isExtension } from '../schemas/attribute.ts';
import { withValue } from './with-value.ts';

/*
 * Values of a multi-valued attribute that are the same: with one `value`, and one `type` where there is one (RFC 7643 section 2.4).
 */

/** Where the values of a list stand. */
export class Places {
  /** The first with a key, and where there are more of them the first of each type. */
  readonly #first = new Map<Key, number | undefined>();
  readonly #ofType = new Map<Key, Map<Key | undefined, number>>();
  readonly #list: readonly JsonValue[];
  readonly #type: (value: JsonValue) => Key | undefined;

  /** Only values with one of the keys are looked for (see `identityOf`). */
  constructor(attribute: Attribute, list: readonly JsonValue[], keys: Iterable<Key>) {
    this.#list = list;
    this.#type = typeOf(attribute);
    for (const key of keys) this.#first.set(key, undefined);
  }

  add(key: Key, place: number): void {
    if (!this.#first.has(key)) return;
    const first = this.#first.get(key);
    if (first === undefined) return void this.#first.set(key, place);
    const ofType = this.#ofType.get(key) ?? new Map<Key | undefined, number>();
    const type = this.#typeAt(place);
    if (!ofType.has(type)) this.#ofType.set(key, ofType.set(type, place));
  }

  /** Where one that is the same stands: of the same `type`, or of any if the value names none. */
  find(key: Key, value: JsonValue): number | undefined {
    const first = this.#first.get(key);
    if (first === undefined) return undefined;
    const wanted = this.#type(value);
    return wanted === undefined || wanted === this.#typeAt(first) ? first : this.#ofType.get(key)?.get(wanted);
  }

  #typeAt = (place: number): Key | undefined => this.#type(this.#list[place] as JsonValue);
}

/** A value, and what else is given of it. Its `value` and `type` stay as they were: they are the same to the attribute. */
export function joined(attribute: Attribute, old: JsonValue, given: JsonValue, path: string): JsonValue {
  if (!isObject(old) || !isObject(given)) return old;
  return (attribute.subAttributes ?? []).reduce((value, sub) => {
    const part = given[sub.name] as JsonValue | undefined;
    const isTelling = sub.name === 'value' || (sub.name === 'type' && old.type !== undefined);
    if (part === undefined || isTelling || canonicalJson(part) === canonicalJson(value[sub.name])) return value;
    return withValue(value, sub, part, `${path}.${sub.name}`);
  }, old as JsonObject);
}

/** How many values there are in what an action gives that are held against each value that is there. */
export const partialsIn = (value: unknown): number => (Array.isArray(value) ? value.filter(isPartial).length : 1);

/** Whether a value says something of those that are meant, and not which one. */
export const isPartial = (value: JsonValue): value is JsonObject => isObject(value) && value.value === undefined;

/** What labels a value, or leads to it: nothing of worth where its content is gone. */
const LABELS: ReadonlySet<string> = new Set(['type', 'primary', 'display', '$ref']);
const LABELS_WITHOUT_VALUE: ReadonlySet<string> = new Set(['type', 'primary']);

/** What a value has become; `undefined` if it has lost its content, and is no value any more. */
export const unlessEmptied = (attribute: Attribute, before: JsonObject, after: JsonObject): JsonObject | undefined =>
  isEmptied(attribute, before, after) ? undefined : after;

/** Whether only what labels a value is left of it, or is the server's own. */
function isEmptied(attribute: Attribute, before: JsonObject, after: JsonObject): boolean {
  if (isExtension(attribute) || !hasLostPart(before, after)) return false;
  const { subAttributes = [] } = attribute;
  const hasValue = attributeNamed(subAttributes, 'value') !== undefined;
  if (hasValue && (before.value === undefined || after.value !== undefined)) return false;
  const labels = hasValue ? LABELS : LABELS_WITHOUT_VALUE;
  return subAttributes.every(({ name, mutability }) => after[name] === undefined || labels.has(name) || mutability === 'readOnly');
}

function hasLostPart(before: JsonObject, after: JsonObject): boolean {
  for (const name in before) if (after[name] === undefined) return true;
  return false;
}
