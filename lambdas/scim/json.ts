export type JsonValue = string | number | boolean | JsonObject | JsonValue[];

/** A JSON object without nulls: in SCIM, null and absent are the same (RFC 7643 section 2.5). */
export interface JsonObject {
  [name: string]: JsonValue;
}

export const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A text that two values share if and only if they are the same; the order of an object's members does not count. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    isObject(part) ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1))) : part,
  );
}
