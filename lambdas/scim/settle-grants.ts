import type { Candidate, Catalogue } from './catalogue.ts';
import { conflict, invalidValue } from './errors.ts';
import {
  candidatesFor,
  type Grant,
  type GrantingChange,
  type Held,
  heldBy,
  isGrant,
  nameOf,
  resolved,
  touchedGrants,
  valuesOf,
} from './grants.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { type Assignments, assignmentsSchema } from './schemas/assignments.ts';
import type { Grants, ResourceType } from './schemas/resource-type.ts';

/**
 * A resource as it is to be kept, with what it is granted now by its full name: `type` and `display` are filled in. Throws
 * `invalidValue` for what there is not in a catalogue that has something, and 409 for what may not be granted once more.
 */
export function settleGrants(
  holder: ResourceType,
  before: JsonObject,
  after: JsonObject,
  way: GrantingChange,
  catalogue: Catalogue,
): JsonObject {
  const result = { ...after };
  for (const grants of touchedGrants(holder, before, after)) {
    const values = valuesOf(grants, after);
    if (values.length === 0) continue;
    const old = valuesOf(grants, before);
    const change: Change = { grants, held: heldBy(old, way), catalogue };
    const merged = mergeSame(values.map((value) => (isGrant(value) ? settle(change, value) : value)));
    requireFew(grants, old, merged);
    result[grants.attribute] = merged;
  }
  return result;
}

/** A change of one attribute. */
interface Change {
  readonly grants: Grants;
  readonly held: Held;
  readonly catalogue: Catalogue;
}

function settle(change: Change, value: Grant): JsonObject {
  const { grants, held, catalogue } = change;
  if (held.has(value)) return value;
  const candidates = candidatesFor(grants, value);
  const found = candidates.filter((one) => catalogue.find(one));
  if (isOfUndeclaredType(grants, value)) return ofUndeclaredType(change, value, found);
  const had = candidates.filter((one) => held.hasCandidate(grants, one));
  const [chosen, ...others] = found.length > 1 && had.length === 1 ? had : found;
  if (others.length > 0) throw ambiguous(grants, value, found);
  if (!chosen) return keptAnyway(change, value, candidates, had);
  const { body = {}, assigned = 0 } = catalogue.find(chosen) ?? {};
  if (had.length === 0 && chosen.type.counted) requireAssignable(grants, chosen, body, assigned);
  const { display = String(body.displayName ?? chosen.id), ...rest } = held.isCalledAsAnother(value) ? withoutDisplay(value) : value;
  return { ...rest, display, ...(grants.typed && { type: chosen.type.name }) };
}

const isOfUndeclaredType = (grants: Grants, value: Grant): boolean =>
  grants.typed && value.type !== undefined && resolved(grants)(value).length === 0;

/** Anything may be granted as of a type that nobody declares, but for what a type that is declared has: that one is meant. */
function ofUndeclaredType({ grants, held }: Change, value: Grant, found: readonly Candidate[]): JsonObject {
  if (found.length > 0 && !held.hasNamed(value)) throw misnamed(grants, value, found);
  return value;
}

/** What is in no catalogue: taken as it is where all of them are empty, and where it was granted before. */
function keptAnyway(
  { grants, held, catalogue }: Change,
  value: Grant,
  candidates: readonly Candidate[],
  had: readonly Candidate[],
): JsonObject {
  const types = candidates.map(({ type }) => type);
  const isTyped = grants.typed && value.type !== undefined;
  // A type whose grants are counted has to know of each of them.
  const isCounted = (isTyped || !grants.typed) && types.some(({ counted }) => counted);
  if (!isCounted && types.every((type) => catalogue.isEmpty(type))) return isTyped ? { ...value, type: String(types[0]?.name) } : value;
  const [only, ...others] = had.map(({ type }) => ({ value: value.value, ...(grants.typed && { type: type.name }) }));
  const same = held.hasNamed(value) ? value : others.length === 0 ? only : undefined;
  if (!same) throw unknown(grants, value, candidates);
  const display = value.display ?? held.displayOf(same);
  return { ...value, ...(same.type !== undefined && { type: same.type }), ...(display !== undefined && { display }) };
}

function withoutDisplay(value: Grant): JsonObject {
  const { display: _, ...rest } = value as JsonObject;
  return rest;
}

/** Values with the same `value` and `type` are one (RFC 7643 section 2.4); what the client gives of it last counts. */
function mergeSame(values: readonly JsonValue[]): JsonValue[] {
  const result: JsonValue[] = [];
  const known = new Map<string, number>();
  for (const value of values) {
    const same = isGrant(value) ? known.get(nameOf(value)) : undefined;
    if (same !== undefined) result[same] = { ...(result[same] as JsonObject), ...(value as JsonObject) };
    else if (isGrant(value)) known.set(nameOf(value), result.push(value) - 1);
    else result.push(value);
  }
  return result;
}

/** Throws 409 where more of a type is granted than one user may have. What was too much before, and is not added to, stays. */
function requireFew(grants: Grants, before: readonly JsonValue[], after: readonly JsonValue[]): void {
  for (const type of grants.types) {
    const { mostPerUser, name } = type;
    if (mostPerUser === undefined) continue;
    const ofType = (values: readonly JsonValue[]) =>
      new Set(values.filter(isGrant).flatMap((value) => (resolved(grants)(value).some((one) => one.type === type) ? value.value : [])));
    const held = ofType(after);
    if (held.size <= mostPerUser || held.size <= ofType(before).size) continue;
    throw conflict(`${grants.attribute}: expected at most ${mostPerUser} of type ${name}, got ${[...held].join(', ').slice(0, MAX_SHOWN)}`);
  }
}

/** Throws 409 where all that there are of something are granted, or it is not to be granted any more. */
function requireAssignable({ attribute }: Grants, { type, id }: Candidate, body: JsonObject, assigned: number): void {
  const { supported, limitedAssignmentsPermitted, totalAssignmentsPermitted } = Object(body[assignmentsSchema.id]) as Assignments;
  if (supported === false) throw conflict(`${attribute}.value: ${id} of type ${type.name} cannot be granted any more, it is not supported`);
  const most = limitedAssignmentsPermitted === false ? undefined : totalAssignmentsPermitted;
  if (most !== undefined && assigned >= most)
    throw conflict(`${attribute}.value: ${id} of type ${type.name} is granted to ${assigned} users, and may be to ${most}`);
}

/** Characters of a client's own that errors repeat. */
const MAX_SHOWN = 255;

const ambiguous = ({ attribute }: Grants, { value }: Grant, found: readonly Candidate[]) =>
  invalidValue(`${attribute}.value: ${value} is the id of a ${namesOf(found, ' and of a ')}, expected a type that says which`);

const misnamed = ({ attribute }: Grants, { value, type }: Grant, found: readonly Candidate[]) =>
  invalidValue(
    `${attribute}.type: ${value} is the id of a ${namesOf(found, ' and of a ')}, expected that, got ${String(type).slice(0, MAX_SHOWN)}`,
  );

const unknown = ({ attribute }: Grants, { value }: Grant, candidates: readonly Candidate[]) =>
  invalidValue(
    `${attribute}.value: ${value.slice(0, MAX_SHOWN)} is the id of no ${namesOf(candidates, ', nor of a ')}, expected an existing one`,
  );

const namesOf = (candidates: readonly Candidate[], between: string): string => candidates.map(({ type }) => type.name).join(between);
