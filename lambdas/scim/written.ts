import { isObject } from './json.ts';
import type { Operation } from './patch/actions.ts';
import { targetOfKey } from './patch/tolerances.ts';
import { pathOf } from './path.ts';
import { type Attribute, attributeNamed, holds } from './schemas/attribute.ts';
import type { ResourceType } from './schemas/resource-type.ts';

/*
 * What a write names: its answer shows attributes that are returned on request alone if they are among it (RFC 7643 section 7,
 * `returned`).
 */

/** Whether there is any such attribute. */
export const isShownOnRequest = (attribute: Attribute): boolean => holds(attribute, ({ returned }) => returned === 'request');

/** The attributes that a body gives, in the notation of RFC 7644 section 3.10 and the schema's spelling. */
export const namesIn = (type: ResourceType, body: unknown): string[] => [...new Set(pathsBelow(type.attributes, body, []))];

/** The attributes that the operations of a PATCH give. */
export const namesInOperations = (type: ResourceType, operations: readonly Operation[]): string[] => [
  ...new Set(
    operations.flatMap(({ path, value }) =>
      (path === undefined ? Object.entries(value ?? {}) : [[path, value] as const]).flatMap(([name, part]) => pathsAt(type, name, part)),
    ),
  ),
];

function pathsAt(type: ResourceType, path: string, value: unknown): string[] {
  const target = targetOfKey(type, path);
  const full = target ? [...target.chain, ...(target.selection?.sub ? [target.selection.sub] : [])] : [];
  return full.length === 0 ? [] : [pathOf(full), ...pathsBelow(full.at(-1)?.subAttributes ?? [], value, full)];
}

/** Goes as deep as the schema does. */
const pathsBelow = (attributes: readonly Attribute[], value: unknown, above: readonly Attribute[]): string[] =>
  (Array.isArray(value) ? value : [value]).filter(isObject).flatMap((object) =>
    Object.entries(object).flatMap(([name, part]) => {
      const attribute = attributeNamed(attributes, name);
      const chain = attribute && [...above, attribute];
      return chain ? [pathOf(chain), ...pathsBelow(attribute.subAttributes ?? [], part, chain)] : [];
    }),
  );
