import { fold } from './compare.ts';
import { invalidValue } from './errors.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from './json.ts';
import { type Attribute, attributeNamed } from './schemas/attribute.ts';

/*
 * What RFC 7643 section 2.4 says of the values of a multi-valued attribute.
 */

/** The text that tells a value from others of its attribute: its `value`, compared as the schema says, or all of it. */
export function identityOf(attribute: Attribute): (value: JsonValue) => string {
  const caseExact = attributeNamed(attribute.subAttributes ?? [], 'value')?.caseExact ?? true;
  return (value) => {
    const telling = isObject(value) ? value.value : value;
    return typeof telling === 'string' ? `=${fold(telling, caseExact)}` : canonicalJson(value);
  };
}

/** The same for values that are told apart by their `type` too, such as one e-mail address for work and home. */
export function typedIdentityOf(attribute: Attribute): (value: JsonValue) => string {
  const identity = identityOf(attribute);
  return (value) =>
    isObject(value) && typeof value.type === 'string' ? `${identity(value)}\n${fold(value.type, false)}` : identity(value);
}

/** Finds what was there of a value: the one with the same `value` and `type`, else one with the same `value`. */
export function matcher(attribute: Attribute, before: JsonValue | undefined): (value: JsonValue) => JsonValue | undefined {
  if (!Array.isArray(before)) return () => undefined;
  const identities = [typedIdentityOf(attribute), identityOf(attribute)];
  const known = new Map(identities.flatMap((identity) => before.map((value) => [identity(value), value] as const)).reverse());
  return (value) => identities.map((identity) => known.get(identity(value))).find((found) => found !== undefined);
}

export const isPrimary = (value: JsonValue | undefined): value is JsonObject => isObject(value) && value.primary === true;

/** Takes `primary` from every value that has it but the one that it is left to. */
export const leavePrimary = (values: readonly JsonValue[], chosen: JsonValue | undefined): JsonValue[] =>
  values.map((value) => (isPrimary(value) && value !== chosen ? { ...value, primary: false } : value));

/** `primary` is true for one value at most. Throws `invalidValue`. */
export function requireOnePrimary(values: readonly JsonValue[], path: string): void {
  if (values.filter(isPrimary).length > 1) throw invalidValue(`${path}.primary: true for more than one value, expected one at most`);
}
