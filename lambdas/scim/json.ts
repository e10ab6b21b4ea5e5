export type JsonValue = string | number | boolean | JsonObject | JsonValue[];

/** A JSON object without nulls: in SCIM, null and absent are the same (RFC 7643 section 2.5). */
export interface JsonObject {
  [name: string]: JsonValue;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** What a client's object holds under a name, which is compared without case (RFC 7643 section 2.1). Of one given twice, the first. */
export const memberNamed = (object: object, name: string): unknown =>
  Object.entries(object).find(([key]) => key.toLowerCase() === name.toLowerCase())?.[1];

/** A text that two values share if and only if they are the same; the order of an object's members does not count. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}

/** A value with another object in the place of each that it is, or that it lists, and without those left empty; `undefined` if nothing is left. */
export function withObjects(value: JsonValue, change: (object: JsonObject) => JsonObject): JsonValue | undefined {
  if (Array.isArray(value)) {
    const left = value.flatMap((element) => withObjects(element, change) ?? []);
    return left.length > 0 ? left : undefined;
  }
  if (!isObject(value)) return value;
  const left = change(value as JsonObject);
  return Object.keys(left).length > 0 ? left : undefined;
}
