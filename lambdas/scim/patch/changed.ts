import type { Key } from '../compare.ts';
import type { JsonValue } from '../json.ts';
import { hasOnePrimary, identityOf, requireOnePrimary, typeOf } from '../multi-valued.ts';
import { type Attribute, comparedBy } from '../schemas/attribute.ts';
import { joined, Places } from './same.ts';

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
  const isTold = comparedBy(attribute) !== undefined;
  const moved = new Set<Key>();
  const made = new Set<JsonValue>();
  const after: JsonValue[] = [];
  let isSame = true;
  for (const value of before) {
    const changed = matches(value) ? change(value) : value;
    isSame &&= changed === value;
    if (changed === undefined || made.has(changed)) continue;
    after.push(changed);
    if (changed === value) continue;
    made.add(changed);
    // Values without a `value` are told by all that they are, which is long: only those that one object replaces become one.
    if (!isTold) continue;
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
