import { invalidValue, mutability } from '../errors.ts';
import type { JsonObject, JsonValue } from '../json.ts';
import { settlePrimary } from '../multi-valued.ts';
import type { Attribute } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import { missingAttribute, namesSchema, type Validated, withoutDiscarded } from '../validate.ts';
import { writable } from '../values.ts';
import { type Action, actionsOf, type Operation } from './actions.ts';
import { edited } from './edit.ts';
import { withValue } from './put.ts';
import { editedSelection, isEmptied, withChanged } from './selection.ts';
import type { Target } from './target.ts';
import { listOf } from './tolerances.ts';

/**
 * Applies the operations of a PATCH in their order (RFC 7644 section 3.5.2) and gives the resource that results; the one
 * given is left as it is. If one operation fails, it throws, and so none is applied.
 */
export function patch(type: ResourceType, resource: JsonObject, operations: readonly Operation[]): Validated {
  const unknowns: string[] = [];
  return { resource: acted(type, resource, actionsOf(type, operations, unknowns), unknowns), unknowns };
}

/** Does one action after the other: each finds what the one before has left. */
export const acted = (type: ResourceType, resource: JsonObject, actions: readonly Action[], unknowns: string[]): JsonObject =>
  actions.reduce((current, action) => act(type, current, action, unknowns), resource);

function act(type: ResourceType, resource: JsonObject, action: Action, unknowns: string[]): JsonObject {
  const { op, target, value } = action;
  const { chain, selection, path } = target;
  if (chain[0].name === 'schemas') return requireOwnSchemas(type, action, resource);
  const edit = { op, value, path, reading: { unknowns, reads: writable } };
  const change: Change = (attribute, before) =>
    settlePrimary(before, selection ? editedSelection(attribute, before, edit, selection) : edited(attribute, before, edit));
  const changed = update(resource, chain, 0, path, change);
  return changed === resource ? resource : settled(type, resource, changed, action);
}

type Change = (attribute: Attribute, before: JsonValue | undefined) => JsonValue | undefined;

/** Walks down a chain of attributes from one of them on, changes the value at its end, and gives a copy with that change. */
function update(object: JsonObject, chain: Target['chain'], depth: number, path: string, change: Change): JsonObject {
  const attribute = chain[depth] as Attribute;
  const before = object[attribute.name];
  if (depth === chain.length - 1) return withValue(object, attribute, change(attribute, before), path);
  const inside = (value: JsonValue) => update(value as JsonObject, chain, depth + 1, path, change);
  if (!attribute.multiValued) return withValue(object, attribute, inside(before ?? {}), path);
  // A sub-attribute of a multi-valued attribute, without a filter, is that of each value; of a new one if there is none.
  const values = (before as JsonValue[] | undefined) ?? [{}];
  const changeOne = (value: JsonValue) => {
    const changed = inside(value);
    return isEmptied(value as JsonObject, changed) ? undefined : changed;
  };
  const after = withChanged(attribute, values, () => true, changeOne);
  return withValue(object, attribute, settlePrimary(before, after), path);
}

/** What has to be true of an attribute after an action, as it has to be of one in a PUT. */
function settled(type: ResourceType, before: JsonObject, after: JsonObject, { op, target }: Action): JsonObject {
  const [first] = target.chain;
  if (after[first.name] === undefined && Object.hasOwn(type.defaults, first.name)) return before;
  const result = target.holdsDiscarded ? withoutDiscarded(type, after) : after;
  const missing = target.holdsRequired ? missingAttribute([first], result) : undefined;
  if (missing === undefined) return result;
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
