import type { Key } from '../compare.ts';
import { invalidValue } from '../errors.ts';
import type { Filter } from '../filter/parse.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from '../json.ts';
import { identityOf } from '../multi-valued.ts';
import type { Attribute } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import type { Validated } from '../validate.ts';
import { isAbsent, type Reading, writable } from '../values.ts';
import { type Action, actionsOf, type Operation } from './actions.ts';
import { givenValues, namesAll, nothingKnown } from './edit.ts';
import { operated } from './patch.ts';
import { isPartial, joined } from './same.ts';

/*
 * What a PATCH does to the values of one multi-valued attribute, told without those that are there. A group of 100,000 members
 * is changed so, whose members are no part of it where it is kept.
 */

/** What is to be among the values of an attribute afterwards, and what is not. */
export interface ValueChanges {
  /** Whether the values that are there go, apart from those that are among the additions. */
  readonly replaces: boolean;
  /** Each with its `value`. One that is there already is no change. */
  readonly additions: readonly JsonObject[];
  /** What tells each from the others (see `identityOf`): an id itself. One that is not there is no change. */
  readonly removals: readonly Key[];
}

export interface PatchByValue {
  /** `undefined` where only the values that are there can tell: they have to be loaded, and `patch` and `changesBetween` asked. */
  readonly changes: ValueChanges | undefined;
  /** What tells the values from others that some operation adds, whatever becomes of them later. */
  readonly added: ReadonlySet<Key>;
  /** What the operations make of a resource that is kept without the values of the attribute. */
  apply(resource: JsonObject): Validated;
}

/**
 * Reads the operations of a PATCH to resources that are kept without the values of one attribute, and tells what they do to
 * those. Each operation costs what it names, however many values there are. Values are told by `value` alone; one that is there
 * already stays as it is, and whether what else is given of it could be changed is not looked at.
 */
export function patchByValue(type: ResourceType, operations: readonly Operation[], attribute: Attribute): PatchByValue {
  const unknowns: string[] = [];
  const actions = actionsOf(type, operations, unknowns);
  const isOwn = ({ target }: Action) => target.chain[0] === attribute;
  const others = actions.map((operation) => operation.filter((action) => !isOwn(action)));
  const tally = new Tally(attribute, { unknowns, reads: writable });
  // Each of them, also behind one that cannot be told: what is wrong with them can.
  const areTold = actions
    .flat()
    .filter(isOwn)
    .map((action) => tally.take(action));
  return {
    changes: areTold.every(Boolean) ? tally.changes() : undefined,
    added: tally.added,
    apply: (resource) => ({ resource: operated(type, resource, others, unknowns), unknowns }),
  };
}

/** What has to be added to some values, and removed from them, to make others of them. What is changed of a value is added. */
export function changesBetween(attribute: Attribute, before: readonly JsonValue[], after: readonly JsonValue[]): ValueChanges {
  const identity = identityOf(attribute);
  const known = new Map(before.map((value) => [identity(value), canonicalJson(value)]));
  const kept = new Set(after.map(identity));
  const isNew = (value: JsonValue): value is JsonObject => isObject(value) && known.get(identity(value)) !== canonicalJson(value);
  return {
    replaces: false,
    additions: after.filter(isNew),
    removals: before.map(identity).filter((key) => !kept.has(key)),
  };
}

/** Sums up actions on an attribute. The last that names a value decides whether it stays. */
class Tally {
  readonly #attribute: Attribute;
  readonly #identity: (value: JsonValue) => Key;
  readonly #reading: Reading;
  readonly added = new Set<Key>();
  readonly #additions = new Map<Key, JsonObject>();
  readonly #removals = new Set<Key>();
  #replaces = false;

  constructor(attribute: Attribute, reading: Reading) {
    this.#attribute = attribute;
    this.#identity = identityOf(attribute);
    this.#reading = reading;
  }

  changes = (): ValueChanges => ({ replaces: this.#replaces, additions: [...this.#additions.values()], removals: [...this.#removals] });

  /** False for an action that says nothing without the values that are there. */
  take({ op, target: { chain, selection, path }, value }: Action): boolean {
    if (chain.length > 1) return false;
    if (selection) {
      const named = op === 'remove' && !selection.sub ? valuesNamed(selection.filter) : undefined;
      for (const one of named ?? []) this.#remove({ value: one });
      return named !== undefined;
    }
    if (op === 'replace' || (op === 'remove' && namesAll(value))) this.#clear();
    if (isAbsent(value)) return true;
    const given = givenValues(this.#attribute, value, path, this.#reading);
    if (op === 'replace' && given.length === 0) throw nothingKnown(path);
    if (op === 'remove' && given.some(isPartial)) return false;
    for (const one of given) op === 'remove' ? this.#remove(one) : this.#add(one, path);
    return true;
  }

  #clear(): void {
    this.#replaces = true;
    this.#additions.clear();
    this.#removals.clear();
  }

  #add(value: JsonValue, path: string): void {
    if (!isObject(value) || value.value === undefined) throw invalidValue(`${path}.value: required, and must not be empty`);
    const key = this.#identity(value as JsonObject);
    this.added.add(key);
    const old = this.#additions.get(key);
    this.#additions.set(key, (old ? joined(this.#attribute, old, value as JsonObject, path) : value) as JsonObject);
    this.#removals.delete(key);
  }

  #remove(value: JsonValue): void {
    const key = this.#identity(value);
    this.#additions.delete(key);
    if (!this.#replaces) this.#removals.add(key);
  }
}

/** The values that a filter names, such as `value eq "a" or value eq "b"`; `undefined` where it looks at anything else. */
function valuesNamed(filter: Filter): JsonValue[] | undefined {
  if (filter.op === 'or') {
    const parts = filter.filters.map(valuesNamed);
    return parts.every((part) => part !== undefined) ? parts.flat() : undefined;
  }
  if (filter.op !== 'eq' || filter.path.urn !== undefined || filter.value === null || filter.value === '') return undefined;
  const [name, ...more] = filter.path.names;
  return name?.toLowerCase() === 'value' && more.length === 0 ? [filter.value] : undefined;
}
