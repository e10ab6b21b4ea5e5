import { isObject } from './json.ts';
import { actionsOf, type Operation } from './patch/actions.ts';
import type { Target } from './patch/target.ts';
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

/** The attributes that the operations of a PATCH give. Throws what `patch` throws of paths, and of operations that are too many. */
export const namesInOperations = (type: ResourceType, operations: readonly Operation[]): string[] => [
  ...new Set(actionsOf(type, operations, []).flatMap((actions) => actions.flatMap(({ target, value }) => pathsAt(target, value)))),
];

function pathsAt({ chain, selection }: Target, value: unknown): string[] {
  const full = selection?.sub ? [...chain, selection.sub] : chain;
  return [pathOf(full), ...pathsBelow(full.at(-1)?.subAttributes ?? [], value, full)];
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
