import { type Key, keyOf } from '../../lambdas/scim/compare.ts';
import { valuesAt } from '../../lambdas/scim/filter/compile.ts';
import type { JsonObject } from '../../lambdas/scim/json.ts';
import { attributePath, resolvePath } from '../../lambdas/scim/path.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import type { Settings } from '../../lambdas/scim/schemas/settings.ts';
import { typeIn } from '../../lambdas/scim/schemas/type-in.ts';

/** A resource as it is, or is going to be. */
interface Holder {
  readonly type: ResourceType;
  readonly id: string;
  readonly body: JsonObject;
}

/** One that is written, and where it stands in a file. */
interface Claim extends Holder {
  readonly place: string;
}

/**
 * The values of a type that must be unique, and that a claim has and somebody else too: one that stays as it is, or another claim. The
 * store would refuse them when others are written already.
 */
export function sharedValues(type: ResourceType, settings: Settings, taken: readonly Holder[], claims: readonly Claim[]): string[] {
  return typeIn(type, settings).unique.flatMap((path) => {
    const keysOf = keysAt(type, path);
    const owners = new Map(taken.filter((one) => one.type === type).flatMap((one) => keysOf(one).map((key) => [key, one.id] as const)));
    return claims
      .filter((one) => one.type === type)
      .flatMap((claim) =>
        keysOf(claim).flatMap((key) => {
          const owner = owners.get(key);
          owners.set(key, owner ?? claim.id);
          if (owner === undefined || owner === claim.id) return [];
          return [`${claim.place}: ${path}: the same as that of ${owner}, expected another one for each ${type.name}`];
        }),
      );
  });
}

/** What stands for the values of an attribute, where they are compared. */
function keysAt(type: ResourceType, path: string): (holder: Holder) => Key[] {
  const named = attributePath(path);
  const chain = (named && resolvePath(type.attributes, named)) ?? [];
  const attribute = chain.at(-1);
  if (!attribute) return () => [];
  const toKey = keyOf(attribute);
  return ({ body }) => valuesAt(body, chain).flatMap((value) => toKey(value) ?? []);
}
