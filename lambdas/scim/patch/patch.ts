import { invalidSyntax, invalidValue, mutability, noTarget } from '../errors.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from '../json.ts';
import { type Attribute, attributeNamed } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import { complexFromValue } from '../tolerances.ts';
import { requireAttributes } from '../validate.ts';
import { isAbsent, readSingle, readValue, separator } from '../values.ts';
import { parseTarget, type Target } from './target.ts';
import { isNamedBy, isServersOwn, operationName, targetOfKey, valueThatMatches } from './tolerances.ts';

export interface Operation {
  readonly op: string;
  readonly path?: string | undefined;
  readonly value?: unknown;
}

type Op = 'add' | 'replace' | 'remove';
const OPS: ReadonlySet<string> = new Set<Op>(['add', 'replace', 'remove']);

/**
 * Applies the operations of a PATCH in their order (RFC 7644 section 3.5.2) and gives the resource that results; the one
 * given is left as it is. If one operation fails, it throws, and so none is applied.
 */
export function patch(type: ResourceType, resource: JsonObject, operations: readonly Operation[]): JsonObject {
  const patched = operations.reduce((current, { op: name, path, value }) => {
    const op = operationName(name);
    if (!OPS.has(op)) throw invalidSyntax(`op ${name.slice(0, 20)}: expected add, replace or remove`);
    return path === undefined ? applyToResource(type, current, op as Op, value) : apply(current, op as Op, parseTarget(type, path), value);
  }, resource);
  requireAttributes(type, patched);
  return patched;
}

/** An operation without a path: its value is a partial resource, whose attributes are operations of their own. */
function applyToResource(type: ResourceType, resource: JsonObject, op: Op, value: unknown): JsonObject {
  if (op === 'remove') throw noTarget('remove: expected a path');
  if (!isObject(value)) throw invalidValue(`${op} without a path: expected an object with attributes as its value`);
  return Object.entries(value).reduce((current, [key, part]) => {
    const target = targetOfKey(type, key);
    return target && !isServersOwn(target.chain) ? apply(current, op, target, part) : current;
  }, resource);
}

function apply(resource: JsonObject, op: Op, target: Target, value: unknown): JsonObject {
  const { chain, sub, path } = target;
  const last = sub ?? (chain.at(-1) as Attribute);
  if (isServersOwn([...chain, last])) throw mutability(`${path}: read-only`);
  if (last.required && op === 'remove') throw mutability(`${path}: required, it cannot be removed`);
  if (op === 'add' && value === undefined) throw invalidValue(`${path}: add needs a value`);
  return update(resource, chain, (before, attribute) =>
    settlePrimary(
      before,
      target.matches ? changeMatches(target, attribute, before, op, value) : change(attribute, before, op, value, path),
    ),
  );
}

/** Walks down a chain of attributes, changes the value at its end, and gives a copy with that change. */
function update(
  object: JsonObject,
  [attribute, ...rest]: readonly Attribute[],
  change: (before: JsonValue | undefined, attribute: Attribute) => JsonValue | undefined,
): JsonObject {
  if (!attribute) return object;
  const before = object[attribute.name];
  if (rest.length === 0) return withValue(object, attribute, change(before, attribute));
  const inside = (value: JsonValue) => update(value as JsonObject, rest, change);
  if (!attribute.multiValued) return withValue(object, attribute, inside(before ?? {}));
  // A sub-attribute of a multi-valued attribute, without a filter, is that of each value; of a new one if there is none.
  const values = (before as JsonValue[] | undefined) ?? [{}];
  return withValue(
    object,
    attribute,
    settlePrimary(
      before,
      values.map(inside).filter((value) => Object.keys(value).length > 0),
    ),
  );
}

function withValue(object: JsonObject, { name, returned }: Attribute, value: JsonValue | undefined): JsonObject {
  if (value !== undefined && !isAbsent(value) && !(isObject(value) && Object.keys(value).length === 0)) {
    return returned === 'never' || object[name] === value ? object : { ...object, [name]: value };
  }
  const { [name]: _, ...without } = object;
  return without;
}

/** One operation on an attribute that is pointed at without a value filter. */
function change(attribute: Attribute, before: JsonValue | undefined, op: Op, value: unknown, path: string): JsonValue | undefined {
  if (op === 'remove') return attribute.multiValued && !isAbsent(value) ? removeNamed(attribute, before, value, path) : undefined;
  if (isAbsent(value)) return op === 'replace' || !attribute.multiValued ? undefined : before;
  if (attribute.multiValued) {
    const given = readValue(attribute, Array.isArray(value) ? value : [value], path) as JsonValue[] | undefined;
    return op === 'replace' ? given : appended((before as JsonValue[] | undefined) ?? [], given ?? []);
  }
  // A bare value stands for the whole of a complex one (see `complexFromValue`): no sub-attribute of the old one stays.
  if (attribute.type !== 'complex' || typeof value === 'string') return readSingle(attribute, value, path);
  return merged(attribute, (before as JsonObject | undefined) ?? {}, op, value, path);
}

/** One operation on the values of a multi-valued attribute that a value filter matches. */
function changeMatches(target: Target, attribute: Attribute, before: JsonValue | undefined, op: Op, value: unknown): JsonValue | undefined {
  const { matches, sub, path } = target;
  const values = (before as JsonObject[] | undefined) ?? [];
  const hits = new Set(matches ? values.filter(matches) : values);
  if (hits.size === 0) return op === 'remove' || (sub && isAbsent(value)) ? before : [...values, created(target, attribute, value)];

  return values.flatMap((element) => {
    if (!hits.has(element)) return element;
    if (op === 'remove' && !sub) return [];
    if (sub) {
      const changed = withValue(element, sub, op === 'remove' ? undefined : readValue(sub, value, path));
      return changed[sub.name] === undefined && isEmptied(changed) ? [] : changed;
    }
    if (isAbsent(value)) return op === 'replace' ? [] : element;
    return (op === 'replace' ? readSingle(attribute, value, path) : merged(attribute, element, op, value, path)) ?? [];
  });
}

/** The value that an operation makes where its filter matched none (see `valueThatMatches`). */
function created({ filter, sub, path }: Target, attribute: Attribute, value: unknown): JsonValue {
  const described = filter && valueThatMatches(filter);
  if (!described) throw noTarget(`${path}: no value of ${attribute.name} matches the filter`);
  const given = sub ? { [sub.name]: value } : value;
  if (!isObject(given)) throw invalidValue(`${path}: expected an object`);
  return readSingle(attribute, { ...described, ...given }, path) ?? {};
}

/** A value whose content is gone, so that only what labels it is left, is no value any more. */
const LABELS = new Set(['type', 'primary', 'display']);
const isEmptied = (value: JsonObject) => Object.keys(value).every((name) => LABELS.has(name));

/** Sub-attributes that are given replace or join those that are there; the others stay (RFC 7644 section 3.5.2.3). */
function merged(attribute: Attribute, before: JsonObject, op: Op, value: unknown, path: string): JsonObject {
  const given = complexFromValue(attribute, value);
  if (!isObject(given)) throw invalidValue(`${path}: expected an object`);
  return Object.entries(given).reduce((current, [name, part]) => {
    const sub = attributeNamed(attribute.subAttributes ?? [], name);
    if (!sub || sub.mutability === 'readOnly') return current;
    return withValue(current, sub, change(sub, current[sub.name], op, part, path + separator(attribute) + sub.name));
  }, before);
}

/** Values that are there already, with all that is given of them, are not added again (RFC 7644 section 3.5.2.1). */
function appended(before: readonly JsonValue[], given: readonly JsonValue[]): JsonValue[] {
  const identity = (value: JsonValue) => canonicalJson(isObject(value) ? (value.value ?? value) : value);
  const there = Map.groupBy(before, identity);
  const fresh = given.filter((value) => !there.get(identity(value))?.some((old) => covers(old, value)));
  return fresh.length === 0 ? (before as JsonValue[]) : [...before, ...fresh];
}

function covers(old: JsonValue, given: JsonValue): boolean {
  if (!isObject(old) || !isObject(given)) return old === given;
  return Object.entries(given).every(([name, value]) => canonicalJson(old[name]) === canonicalJson(value));
}

function removeNamed(attribute: Attribute, before: JsonValue | undefined, value: unknown, path: string): JsonValue | undefined {
  const given = readValue(attribute, Array.isArray(value) ? value : [value], path) as JsonValue[] | undefined;
  const isGone = isNamedBy(given ?? []);
  return (before as JsonValue[] | undefined)?.filter((element) => !isGone(element));
}

/** A value that becomes primary takes that from the one that was (RFC 7644 section 3.5.2). */
function settlePrimary(before: JsonValue | undefined, after: JsonValue | undefined): JsonValue | undefined {
  if (!Array.isArray(after)) return after;
  const isPrimary = (value: JsonValue) => isObject(value) && value.primary === true;
  const primaries = after.filter(isPrimary);
  if (primaries.length <= 1) return after;
  const old = new Set(Array.isArray(before) ? before.filter(isPrimary) : []);
  const chosen = primaries.findLast((value) => !old.has(value)) ?? primaries[0];
  return after.map((value) => (isPrimary(value) && value !== chosen ? { ...(value as JsonObject), primary: false } : value));
}
