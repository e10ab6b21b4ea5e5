import { invalidSyntax, invalidValue, mutability, noTarget, tooMany } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { requireOnePrimary, settlePrimary } from '../multi-valued.ts';
import { separator } from '../path.ts';
import { succeedValues } from '../replacement.ts';
import { type Attribute, attributeNamed } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import { complexFromValue } from '../tolerances.ts';
import { keptDefaults, requireAttributes, type Validated, withoutDiscarded } from '../validate.ts';
import { isAbsent, isBlank, type Place, readSingle, readValue, writable } from '../values.ts';
import { appended, isEmptied } from './append.ts';
import { withValue } from './put.ts';
import { parseTarget, type Target } from './target.ts';
import { isNamedBy, isServersOwn, operationName, targetOfKey, valueThatMatches } from './tolerances.ts';

export interface Operation {
  readonly op: string;
  readonly path?: string | undefined;
  readonly value?: unknown;
}

type Op = 'add' | 'replace' | 'remove';

/**
 * Each operation, and each attribute in the value of one without a path, may look at every value of the resource, so that their
 * number is what bounds the time. Okta and Entra ID send some ten.
 */
const MAX_OPERATIONS = 1_000;

const OPS: ReadonlySet<string> = new Set<Op>(['add', 'replace', 'remove']);

/**
 * Applies the operations of a PATCH in their order (RFC 7644 section 3.5.2) and gives the resource that results; the one
 * given is left as it is. If one operation fails, it throws, and so none is applied.
 */
export function patch(type: ResourceType, resource: JsonObject, operations: readonly Operation[]): Validated {
  const count = operations.reduce(
    (sum, { path, value }) => sum + (path === undefined && isObject(value) ? Object.keys(value).length : 1),
    0,
  );
  if (count > MAX_OPERATIONS) throw tooMany(`Operations: ${count} in one request, expected at most ${MAX_OPERATIONS}`);
  const unknowns: string[] = [];
  const patched = operations.reduce((current, { op: name, path, value }) => {
    const op = operationName(name);
    if (!OPS.has(op)) throw invalidSyntax(`op ${name.slice(0, 20)}: expected add, replace or remove`);
    return path === undefined
      ? applyToResource(type, current, op as Op, value, unknowns)
      : apply(current, op as Op, parseTarget(type, path), value, unknowns);
  }, resource);
  const result = { ...keptDefaults(type, resource), ...patched };
  requireAttributes(type, result);
  return { resource: withoutDiscarded(type, result), unknowns };
}

/** An operation without a path: its value is a partial resource, whose attributes are operations of their own. */
function applyToResource(type: ResourceType, resource: JsonObject, op: Op, value: unknown, unknowns: string[]): JsonObject {
  if (op === 'remove') throw noTarget('remove: expected a path');
  if (!isObject(value)) throw invalidValue(`${op} without a path: expected an object with attributes as its value`);
  return Object.entries(value).reduce((current, [key, part]) => {
    const target = targetOfKey(type, key);
    if (!target) unknowns.push(key);
    return target && !isServersOwn(target.chain) ? apply(current, op, target, part, unknowns) : current;
  }, resource);
}

function apply(resource: JsonObject, op: Op, target: Target, value: unknown, unknowns: string[]): JsonObject {
  const { chain, sub, path } = target;
  const place: Place = { path, unknowns, reads: writable };
  const last = sub ?? (chain.at(-1) as Attribute);
  if (isServersOwn([...chain, last])) throw mutability(`${path}: read-only`);
  if (last.required && op === 'remove') throw mutability(`${path}: required, it cannot be removed`);
  if (op === 'add' && value === undefined) throw invalidValue(`${path}: add needs a value`);
  return update(resource, chain, path, (before, attribute) =>
    settlePrimary(
      before,
      target.matches ? changeMatches(target, attribute, before, op, value, place) : change(attribute, before, op, value, place),
    ),
  );
}

/** Walks down a chain of attributes, changes the value at its end, and gives a copy with that change. */
function update(
  object: JsonObject,
  [attribute, ...rest]: readonly Attribute[],
  path: string,
  change: (before: JsonValue | undefined, attribute: Attribute) => JsonValue | undefined,
): JsonObject {
  if (!attribute) return object;
  const before = object[attribute.name];
  if (rest.length === 0) return withValue(object, attribute, change(before, attribute), path);
  const inside = (value: JsonValue) => update(value as JsonObject, rest, path, change);
  if (!attribute.multiValued) return withValue(object, attribute, inside(before ?? {}), path);
  // A sub-attribute of a multi-valued attribute, without a filter, is that of each value; of a new one if there is none.
  const values = (before as JsonValue[] | undefined) ?? [{}];
  return withValue(
    object,
    attribute,
    settlePrimary(
      before,
      values.map(inside).filter((value) => !isEmptied(value)),
    ),
    path,
  );
}

/** One operation on an attribute that is pointed at without a value filter. */
function change(attribute: Attribute, before: JsonValue | undefined, op: Op, value: unknown, place: Place): JsonValue | undefined {
  if (op === 'remove') return attribute.multiValued && !isAbsent(value) ? removeNamed(attribute, before, value, place) : undefined;
  if (isAbsent(value)) return op === 'replace' || !attribute.multiValued ? undefined : before;
  if (attribute.multiValued) {
    const given = readGiven(attribute, value, place);
    const values = (before as JsonValue[] | undefined) ?? [];
    return op === 'replace' ? succeedValues(attribute, values, given, place.path) : [...appended(attribute, values, given, place.path)];
  }
  // A bare value stands for the whole of a complex one (see `complexFromValue`): no sub-attribute of the old one stays.
  if (attribute.type !== 'complex' || typeof value === 'string') return readSingle(attribute, value, place);
  return merged(attribute, (before as JsonObject | undefined) ?? {}, op, value, place);
}

/** One operation on the values of a multi-valued attribute that a value filter matches. */
function changeMatches(
  target: Target,
  attribute: Attribute,
  before: JsonValue | undefined,
  op: Op,
  value: unknown,
  place: Place,
): JsonValue | undefined {
  const { matches, sub } = target;
  const values = (before as JsonObject[] | undefined) ?? [];
  const hits = new Set(matches ? values.filter(matches) : values);
  if (hits.size === 0) return op === 'remove' || (sub && isAbsent(value)) ? before : [...values, created(target, attribute, value, place)];

  return values.flatMap((element) => {
    if (!hits.has(element)) return element;
    if (op === 'remove' && !sub) return [];
    if (sub) {
      const changed = withValue(element, sub, op === 'remove' ? undefined : readValue(sub, value, place), place.path);
      return changed[sub.name] === undefined && isEmptied(changed) ? [] : changed;
    }
    if (isBlank(value)) return op === 'replace' ? [] : element;
    return op === 'replace'
      ? succeedValues(attribute, [element], readGiven(attribute, value, place), place.path)
      : merged(attribute, element, op, value, place);
  });
}

/** The value that an operation makes where its filter matched none (see `valueThatMatches`). */
function created({ filter, sub }: Target, attribute: Attribute, value: unknown, place: Place): JsonValue {
  const { path } = place;
  const described = filter && valueThatMatches(filter);
  const given = sub ? { [sub.name]: value } : value;
  if (!isObject(given)) throw invalidValue(`${path}: expected an object`);
  const spelled = (object: object) =>
    Object.entries(object).map(([name, part]) => [attributeNamed(attribute.subAttributes ?? [], name)?.name ?? name, part]);
  const read = described && readSingle(attribute, Object.fromEntries([...spelled(described), ...spelled(given)]), place);
  if (!isObject(read) || isEmptied(read as JsonObject)) throw noTarget(`${path}: no value of ${attribute.name} matches the filter`);
  return read as JsonObject;
}

/** Sub-attributes that are given replace or join those that are there; the others stay (RFC 7644 section 3.5.2.3). */
function merged(attribute: Attribute, before: JsonObject, op: Op, value: unknown, place: Place): JsonObject {
  const { path, unknowns } = place;
  const given = complexFromValue(attribute, value);
  if (!isObject(given)) throw invalidValue(`${path}: expected an object`);
  return Object.entries(given).reduce((current, [name, part]) => {
    const sub = attributeNamed(attribute.subAttributes ?? [], name);
    const inside = path + separator(attribute) + (sub?.name ?? name);
    if (!sub) unknowns.push(inside);
    if (!sub || sub.mutability === 'readOnly') return current;
    return withValue(current, sub, change(sub, current[sub.name], op, part, { ...place, path: inside }), inside);
  }, before);
}

function removeNamed(attribute: Attribute, before: JsonValue | undefined, value: unknown, place: Place): JsonValue | undefined {
  const isGone = isNamedBy(attribute, readGiven(attribute, value, place));
  return (before as JsonValue[] | undefined)?.filter((element) => !isGone(element));
}

/**
 * Reads the values that an operation gives to a multi-valued attribute. One that holds something, but nothing that the schema
 * has, is refused: taken for an empty one, it would remove what is there.
 */
function readGiven(attribute: Attribute, value: unknown, place: Place): JsonValue[] {
  const given = Array.isArray(value) ? value : [value];
  const read = (readValue(attribute, given, place) ?? []) as JsonValue[];
  if (given.filter((element) => !isBlank(element)).length > read.length) throw nothingKnown(place.path);
  requireOnePrimary(read, place.path);
  return read;
}

const nothingKnown = (path: string) => invalidValue(`${path}: expected a value with attributes that the schema has`);
