import type { Candidate } from './catalogue.ts';
import { candidatesFor } from './grants.ts';
import { isObject, memberNamed } from './json.ts';
import { type Action, actionsOf, type Operation } from './patch/actions.ts';
import { listOf } from './patch/tolerances.ts';
import { attributeNamed } from './schemas/attribute.ts';
import type { Grants, ResourceType } from './schemas/resource-type.ts';

/*
 * What a request may be going to grant, as far as one sees that before what it is about has been read. Whatever is overlooked here, or
 * named in vain, costs a request to the database: whether it may be granted is found out elsewhere.
 */

/** What the body of a POST or PUT names. */
export const grantsIn = (holder: ResourceType, body: Record<string, unknown>): Candidate[] =>
  holder.grants.flatMap((grants) => named(grants, memberNamed(body, grants.attribute)));

/** What the operations of a PATCH name. Those that are none name nothing. */
export function grantsInOperations(holder: ResourceType, operations: readonly Operation[]): Candidate[] {
  if (holder.grants.length === 0) return [];
  try {
    return actionsOf(holder, operations, []).flatMap((actions) => actions.flatMap((action) => namedByAction(holder, action)));
  } catch {
    return [];
  }
}

function namedByAction({ grants: all }: ResourceType, { op, target: { chain, selection }, value }: Action): Candidate[] {
  const [attribute, inner] = chain;
  const grants = all.find((one) => one.attribute === attribute.name);
  if (!grants || op === 'remove') return [];
  const sub = selection?.sub ?? inner;
  if (!sub) return named(grants, value);
  return sub === attributeNamed(attribute.subAttributes ?? [], 'value') ? named(grants, { value }) : [];
}

const named = (grants: Grants, values: unknown): Candidate[] =>
  listOf(values)
    .filter(isObject)
    .flatMap(({ value, type }) =>
      typeof value === 'string' ? candidatesFor(grants, { value, ...(typeof type === 'string' && type && { type }) }) : [],
    );
