import type { Key } from '../compare.ts';
import { invalidValue, noTarget } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { hasOnePrimary, identityOf, requireOnePrimary, typeOf } from '../multi-valued.ts';
import { succeedValues } from '../replacement.ts';
import { type Attribute, attributeNamed } from '../schemas/attribute.ts';
import { complexFromValue } from '../tolerances.ts';
import { isAbsent, isBlank, readSingle } from '../values.ts';
import { appended } from './append.ts';
import { type Edit, edited, givenValues, merged, type Value } from './edit.ts';
import { withValue } from './put.ts';
import { joined, Places } from './same.ts';
import type { Selection } from './target.ts';
import { valueThatMatches } from './tolerances.ts';

/*
 * What an action makes of some of the values of a multi-valued attribute (RFC 7644 sections 3.5.2.1 to 3.5.2.3).
 */

/** Changes the values of a multi-valued attribute that a filter matches, or a sub-attribute of theirs. */
export function editedSelection(attribute: Attribute, before: Value, edit: Edit, selection: Selection): Value {
  const values = (before as JsonValue[] | undefined) ?? [];
  const { matches, sub } = selection;
  if (!values.some(matches)) {
    const clears = edit.op === 'remove' || (sub ? isAbsent(edit.value) : isBlank(edit.value));
    return clears ? before : withMatch(attribute, values, edit, selection);
  }
  return withChanged(attribute, values, matches, changeOf(attribute, edit, selection));
}

/** What becomes of a value that the filter matches. */
function changeOf(attribute: Attribute, edit: Edit, { sub }: Selection): (element: JsonValue) => Value {
  const { op, value, path, reading } = edit;
  if (sub) {
    return (element) => {
      const before = element as JsonObject;
      const after = withValue(before, sub, edited(sub, before[sub.name], edit), path);
      return isEmptied(before, after) ? undefined : after;
    };
  }
  if (op === 'remove') return () => undefined;
  if (isBlank(value)) return (element) => (op === 'add' ? element : undefined);
  if (op === 'add') return (element) => merged(attribute, element as JsonObject, edit);
  const [given, ...more] = givenValues(attribute, value, path, reading);
  if (given === undefined || more.length > 0) throw invalidValue(`${path}: expected one value`);
  return (element) => succeedValues(attribute, [element], [given], path)[0];
}

/** The values and one that the filter describes, where none matched (see `valueThatMatches`). Throws `noTarget` where none can be made. */
function withMatch(attribute: Attribute, values: JsonValue[], { op, value, path, reading }: Edit, selection: Selection): Value {
  const { filter, matches, sub } = selection;
  const nothing = () => noTarget(`${path}: no value of ${attribute.name} matches the filter`);
  const given = sub ? { [sub.name]: value } : complexFromValue(attribute, value);
  const described = op === 'add' || sub ? valueThatMatches(filter) : undefined;
  if (!described || !isObject(given)) throw nothing();
  const outer = sub ? path.slice(0, path.lastIndexOf('.')) : path;
  const made = readSingle(attribute, { ...spelled(attribute, described), ...spelled(attribute, given) }, outer, reading);
  if (!isObject(made)) throw nothing();
  const after = appended(attribute, values, [made as JsonObject], path);
  // What was done before and is done again finds its work done: emails[value eq "a"].value was replaced by "b".
  if (after !== values && !matches(made as JsonObject)) throw nothing();
  return after;
}

const spelled = ({ subAttributes = [] }: Attribute, object: Record<string, unknown>): Record<string, unknown> =>
  Object.fromEntries(Object.entries(object).map(([name, part]) => [attributeNamed(subAttributes, name)?.name ?? name, part]));

/**
 * The values after a change of those that a filter matches: one that has become the same as another one, with the same `type` if
 * it has one, joins it (RFC 7643 section 2.4). `change` gives `undefined` for a value that goes.
 */
export function withChanged(
  attribute: Attribute,
  before: JsonValue[],
  matches: (value: JsonValue) => boolean,
  change: (value: JsonValue) => JsonValue | undefined,
): JsonValue[] {
  const identity = identityOf(attribute);
  const type = typeOf(attribute);
  const moved = new Set<Key>();
  const after: JsonValue[] = [];
  let isSame = true;
  for (const value of before) {
    const changed = matches(value) ? change(value) : value;
    isSame &&= changed === value;
    if (changed === undefined) continue;
    after.push(changed);
    if (changed === value) continue;
    const key = identity(changed);
    if (key !== identity(value) || type(changed) !== type(value)) moved.add(key);
  }
  if (isSame) return before;
  const result = moved.size === 0 ? after : united(attribute, after, moved);
  // Which of several that become primary at once would be left it, nobody has said.
  if (!hasOnePrimary(result)) {
    const others = new Set(before.filter((value) => !matches(value)));
    requireOnePrimary(
      result.filter((value) => !others.has(value)),
      attribute.name,
    );
  }
  return result;
}

function united(attribute: Attribute, values: readonly JsonValue[], keys: ReadonlySet<Key>): JsonValue[] {
  const identity = identityOf(attribute);
  const result: JsonValue[] = [];
  const places = new Places(attribute, result, keys);
  for (const value of values) {
    const key = identity(value);
    const place = places.find(key, value);
    if (place === undefined) places.add(key, result.push(value) - 1);
    else result[place] = joined(attribute, result[place] as JsonValue, value, attribute.name);
  }
  return result;
}

/** Whether a value has lost its content, so that only what labels it is left: it is no value any more. */
export const isEmptied = (before: JsonObject, after: JsonObject): boolean =>
  Object.keys(after).length < Object.keys(before).length && Object.keys(after).every((name) => LABELS.has(name));
const LABELS = new Set(['type', 'primary', 'display']);
