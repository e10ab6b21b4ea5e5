import { invalidValue, mutability } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import type { Attribute } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import { missingAttribute, namesSchema, requireConstants, type Validated, withoutDiscarded } from '../validate.ts';
import { writable } from '../values.ts';
import { type Action, actionsOf, type Operation } from './actions.ts';
import { withChanged } from './changed.ts';
import { edited } from './edit.ts';
import { partialsIn, unlessEmptied } from './same.ts';
import { editedSelection } from './selection.ts';
import type { Target } from './target.ts';
import { listOf } from './tolerances.ts';
import { withValue } from './with-value.ts';
import { sizeOf, Work } from './work.ts';

/**
 * Applies the operations of a PATCH in their order (RFC 7644 section 3.5.2) and gives the resource that results; the one
 * given is left as it is. If one operation fails, it throws, and so none is applied.
 */
export function patch(type: ResourceType, resource: JsonObject, operations: readonly Operation[]): Validated {
  const unknowns: string[] = [];
  return { resource: operated(type, resource, actionsOf(type, operations, unknowns), unknowns), unknowns };
}

/** Does one operation after the other: each finds what the one before has left, and leaves what is right by itself. */
export function operated(type: ResourceType, resource: JsonObject, operations: readonly Action[][], unknowns: string[]): JsonObject {
  const work = new Work();
  return operations.reduce((before, actions) => {
    const after = actions.reduce((current, action) => act(type, current, action, work, unknowns), before);
    if (after !== before) for (const { op, target } of actions) requireWhatIsRequired(op, target, after);
    requireConstants(type, after);
    return after;
  }, resource);
}

function act(type: ResourceType, resource: JsonObject, action: Action, work: Work, unknowns: string[]): JsonObject {
  const { op, target, value } = action;
  const { chain, selection, path } = target;
  const [{ name }] = chain;
  if (name === 'schemas') return requireOwnSchemas(type, action, resource);
  if (target.passesMany) work.spend(costOf(action, resource[name]));
  const edit = { op, value, path, reading: { unknowns, reads: writable } };
  const change: Change = (attribute, before) =>
    selection ? editedSelection(attribute, before, edit, selection) : edited(attribute, before, edit);
  const changed = update(resource, chain, 0, path, change);
  if (changed === resource || (changed[name] === undefined && Object.hasOwn(type.defaults, name))) return resource;
  return target.holdsDiscarded ? withoutDiscarded(type, changed) : changed;
}

/** What an action looks at: the values that are there, with each comparison of a filter, and what is given to each of them. */
function costOf({ op, target: { chain, selection }, value }: Action, there: JsonValue | undefined): number {
  const given = sizeOf(value);
  const isToEach = selection !== undefined || chain.length > 1;
  const isPartial = op === 'remove' && !selection;
  return given + sizeOf(there) * (1 + (selection?.terms ?? 0) + (isToEach ? given : isPartial ? partialsIn(value) : 0));
}

type Change = (attribute: Attribute, before: JsonValue | undefined) => JsonValue | undefined;

/** Walks down a chain of attributes from one of them on, changes the value at its end, and gives a copy with that change. */
function update(object: JsonObject, chain: Target['chain'], depth: number, path: string, change: Change): JsonObject {
  const attribute = chain[depth] as Attribute;
  const before = object[attribute.name];
  if (depth === chain.length - 1) return withValue(object, attribute, change(attribute, before), path);
  const changeOne = (value: JsonValue) =>
    unlessEmptied(attribute, value as JsonObject, update(value as JsonObject, chain, depth + 1, path, change));
  if (!attribute.multiValued) return withValue(object, attribute, changeOne(before ?? {}), path);
  // A sub-attribute of a multi-valued attribute, without a filter, is that of each value; of a new one if there is none.
  const values = (before as JsonValue[] | undefined) ?? [{}];
  return withValue(
    object,
    attribute,
    withChanged(attribute, values, () => true, changeOne),
    path,
  );
}

/** An operation that leaves a required attribute without a value is refused, as a PUT without it would be. */
function requireWhatIsRequired(op: Action['op'], { chain: [first], holdsRequired }: Target, after: JsonObject): void {
  const missing = holdsRequired ? missingAttribute([first], after) : undefined;
  if (missing === undefined) return;
  throw op === 'remove'
    ? mutability(`${missing}: required, it cannot be removed`)
    : invalidValue(`${missing}: required, and must not be empty`);
}

/** `schemas` follows from the attributes that a resource has: to name what it can have changes nothing, and nothing else can be named. */
function requireOwnSchemas(type: ResourceType, { op, value }: Action, resource: JsonObject): JsonObject {
  if (op === 'remove') throw mutability('schemas: required, it cannot be removed');
  const urns = [type.schema.id, ...type.extensions.map(({ schema }) => schema.id)];
  if (!listOf(value).every((urn) => typeof urn === 'string' && namesSchema(urns, urn)))
    throw invalidValue(`schemas: expected ${urns.join(' or ')}`);
  return resource;
}
