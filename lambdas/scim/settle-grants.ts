import type { Candidate, Catalogue } from './catalogue.ts';
import { conflict, invalidValue } from './errors.ts';
import {
  candidatesFor,
  type Grant,
  type Granted,
  grantedBy,
  isGrant,
  isOf,
  predecessorOf,
  resolved,
  sameText,
  valuesOf,
} from './grants.ts';
import type { JsonObject, JsonValue } from './json.ts';
import { type Assignments, assignmentsSchema } from './schemas/assignments.ts';
import type { Grants, ResourceType } from './schemas/resource-type.ts';

/**
 * A resource as it is to be kept, with what it is granted now by its full name: `type` and `display` are filled in. Throws
 * `invalidValue` for what there is not in a catalogue that has something, and 409 for what may not be granted once more.
 */
export function settleGrants(holder: ResourceType, before: JsonObject, after: JsonObject, catalogue: Catalogue): JsonObject {
  const result = { ...after };
  for (const grants of holder.grants) {
    const values = valuesOf(grants, after);
    if (values.length === 0) continue;
    const old = valuesOf(grants, before);
    const change: Change = { grants, before: grantedBy(old), vacated: displaysLeft(old, values), catalogue };
    const settled = values.map((value) => (isGrant(value) ? settle(change, value) : value));
    const merged = mergeSame(settled, values);
    requireFew(grants, old, merged);
    result[grants.attribute] = merged;
  }
  return result;
}

/** A change of one attribute. */
interface Change {
  readonly grants: Grants;
  readonly before: Granted;
  /** What those were called that are taken away. */
  readonly vacated: ReadonlySet<unknown>;
  readonly catalogue: Catalogue;
}

function displaysLeft(before: readonly JsonValue[], after: readonly JsonValue[]): ReadonlySet<unknown> {
  const there = grantedBy(after);
  return new Set(before.filter(isGrant).flatMap(({ value, display }) => (there.has(value) || display === undefined ? [] : [display])));
}

function settle(change: Change, value: Grant): JsonObject {
  const { grants, before, vacated, catalogue } = change;
  if (predecessorOf(before, value)) return value;
  const candidates = candidatesFor(grants, value);
  const held = candidates.filter((one) => before.get(value.value)?.some(isOf(grants, one)));
  const found = candidates.filter((one) => catalogue.find(one));
  const [chosen, ...others] = found.length > 1 && held.length === 1 ? held : found;
  if (others.length > 0) throw ambiguous(grants, value, found);
  if (!chosen) return keptAnyway(change, value, candidates, held);
  const { body = {}, assigned = 0 } = catalogue.find(chosen) ?? {};
  if (held.length === 0 && chosen.type.counted) requireAssignable(grants, chosen, body, assigned);
  // A client may put one `value` in the place of another, and leave what that was called.
  const { display = String(body.displayName ?? chosen.id), ...rest } = vacated.has(value.display) ? withoutDisplay(value) : value;
  return { ...rest, display, ...(grants.typed && { type: chosen.type.name }) };
}

/** What is in no catalogue: taken as it is where all of them are empty, and where it was granted before. */
function keptAnyway({ grants, catalogue }: Change, value: Grant, candidates: readonly Candidate[], held: readonly Candidate[]): JsonObject {
  const types = candidates.map(({ type }) => type);
  // A type whose grants are counted has to know of each of them.
  const isCounted = (value.type !== undefined || !grants.typed) && types.some(({ counted }) => counted);
  const isFree = !isCounted && types.every((type) => catalogue.isEmpty(type));
  if (!isFree && held.length !== 1) throw unknown(grants, value, candidates);
  const [only, ...others] = isFree ? types : held.map(({ type }) => type);
  const isNamed = only !== undefined && others.length === 0 && grants.typed && (value.type !== undefined || !isFree);
  return isNamed ? { ...value, type: only.name } : value;
}

function withoutDisplay(value: Grant): JsonObject {
  const { display: _, ...rest } = value as JsonObject;
  return rest;
}

/** What has turned out to be the same as another value becomes one with it; what the client gives of it last counts. */
function mergeSame(settled: readonly JsonValue[], given: readonly JsonValue[]): JsonValue[] {
  const result: JsonValue[] = [];
  const known = new Map<string, { readonly at: number; readonly isGiven: boolean; readonly type: unknown }[]>();
  settled.forEach((value, i) => {
    const isGiven = value === given[i];
    const others = isGrant(value) ? (known.get(value.value) ?? []) : [];
    const same = isGrant(value) ? others.find((one) => !(one.isGiven && isGiven) && sameText(one.type, value.type)) : undefined;
    if (same) {
      result[same.at] = { ...(result[same.at] as JsonObject), ...(value as JsonObject) };
      return;
    }
    if (isGrant(value)) known.set(value.value, [...others, { at: result.length, isGiven, type: value.type }]);
    result.push(value);
  });
  return result;
}

/** Throws 409 where more of a type is granted than one user may have. What was too much before, and is not added to, stays. */
function requireFew(grants: Grants, before: readonly JsonValue[], after: readonly JsonValue[]): void {
  for (const type of grants.types) {
    const { mostPerUser = Number.POSITIVE_INFINITY, name } = type;
    const ofType = (values: readonly JsonValue[]) =>
      new Set(values.filter(isGrant).flatMap((value) => (resolved(grants)(value).some((one) => one.type === type) ? value.value : [])));
    const held = ofType(after);
    if (held.size <= mostPerUser || held.size <= ofType(before).size) continue;
    throw conflict(`${grants.attribute}: expected at most ${mostPerUser} of type ${name}, got ${[...held].join(', ')}`);
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

const ambiguous = ({ attribute }: Grants, { value }: Grant, found: readonly Candidate[]) =>
  invalidValue(`${attribute}.value: ${value} is the id of a ${namesOf(found, ' and of a ')}, expected a type that says which`);

const unknown = ({ attribute }: Grants, { value }: Grant, candidates: readonly Candidate[]) =>
  invalidValue(
    `${attribute}.value: ${value.slice(0, 255)} is the id of no ${namesOf(candidates, ', nor of a ')}, expected an existing one`,
  );

const namesOf = (candidates: readonly Candidate[], between: string): string => candidates.map(({ type }) => type.name).join(between);
