import { isObject } from './json.ts';
import type { Operation } from './patch/patch.ts';
import type { Attribute } from './schemas/attribute.ts';

/*
 * What a write names: its answer shows attributes that are returned on request alone if they are among it (RFC 7643 section 7,
 * `returned`).
 */

/** Whether there is any such attribute. */
export const isShownOnRequest = ({ returned, subAttributes = [] }: Attribute): boolean =>
  returned === 'request' || subAttributes.some(isShownOnRequest);

/** An attribute of an extension, and one of its sub-attributes: no name has more parts. */
const MAX_DEPTH = 3;

/** The attributes that a body names, in the notation of RFC 7644 section 3.10. */
export function namesIn(body: unknown, above = '', depth = MAX_DEPTH): string[] {
  if (Array.isArray(body)) return body.flatMap((element) => namesIn(element, above, depth));
  if (!isObject(body) || depth === 0) return [];
  return Object.entries(body).flatMap(([name, value]) => {
    const path = above + name;
    return [path, ...namesIn(value, path + (name.includes(':') ? ':' : '.'), depth - 1)];
  });
}

/** The attributes that the operations of a PATCH name. */
export const namesInOperations = (operations: readonly Operation[]): string[] =>
  operations.flatMap(({ path, value }) => {
    const name = path?.replace(/\[.*\]/s, '');
    return name === undefined ? namesIn(value) : [name, ...namesIn(value, `${name}.`)];
  });
