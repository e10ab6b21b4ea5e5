import fc from 'fast-check';
import type { JsonObject, JsonValue } from '../../lambdas/scim/json.ts';
import type { Operation } from '../../lambdas/scim/patch/actions.ts';
import { pathOf } from '../../lambdas/scim/path.ts';
import { type Attribute, isHidden } from '../../lambdas/scim/schemas/attribute.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { singleOf, valuesFor } from './resources.ts';

/*
 * Random operations of a PATCH on a random resource: most of them right, and often on what is there.
 */

type Chain = readonly [Attribute, ...Attribute[]];

const chainsOf = (attributes: readonly Attribute[], above: readonly Attribute[] = []): Chain[] =>
  attributes.flatMap((attribute) => {
    const chain = [...above, attribute] as unknown as Chain;
    return [chain, ...chainsOf(attribute.subAttributes ?? [], chain)];
  });

const lastOf = (chain: Chain): Attribute => chain.at(-1) ?? chain[0];

const nothing: fc.Arbitrary<unknown> = fc.constantFrom(null, '', [], {}, [null]);
const anything: fc.Arbitrary<unknown> = fc.oneof(fc.string(), fc.integer(), fc.boolean(), fc.constant({ x: 1 }), fc.constant([[]]));

/** Mostly right, sometimes a lone value of several or a list of one, sometimes nothing or nonsense. */
const valueFor = (attribute: Attribute): fc.Arbitrary<unknown> =>
  fc.oneof(
    { weight: 6, arbitrary: valuesFor(attribute) as fc.Arbitrary<unknown> },
    { weight: 2, arbitrary: singleOf(attribute) as fc.Arbitrary<unknown> },
    { weight: 1, arbitrary: valuesFor(attribute).map((value) => [value]) },
    { weight: 1, arbitrary: nothing },
    { weight: 1, arbitrary: anything },
  );

/** What the values of a chain of attributes are in a resource, to look for what is there. */
const valuesIn = (resource: JsonObject, chain: Chain): JsonValue[] =>
  chain.reduce<JsonValue[]>((values, { name }) => values.flatMap((value) => (value as JsonObject)[name] ?? []), [resource]);

/** `path[sub eq literal]`, and a sub-attribute behind it or none. */
const selecting = (resource: JsonObject, chain: Chain): fc.Arbitrary<{ path: string; pointsAt: Attribute }> => {
  const last = lastOf(chain);
  const subs = (last.subAttributes ?? []).filter((sub) => !sub.multiValued && !isHidden(sub));
  return fc
    .record({ by: fc.constantFrom(...subs), sub: fc.option(fc.constantFrom(...(last.subAttributes ?? []))) })
    .chain(({ by, sub }) => {
      const present = valuesIn(resource, [...chain, by]);
      const literal = present.length > 0 ? fc.oneof(fc.constantFrom(...present), singleOf(by)) : singleOf(by);
      return literal.map((value) => ({
        path: `${pathOf(chain)}[${by.name} eq ${JSON.stringify(value)}]${sub ? `.${sub.name}` : ''}`,
        pointsAt: sub ?? { ...last, multiValued: false },
      }));
    });
};

const targeting = (resource: JsonObject, chain: Chain): fc.Arbitrary<{ path: string; pointsAt: Attribute }> => {
  const plain = fc.constant({ path: pathOf(chain), pointsAt: lastOf(chain) });
  return lastOf(chain).multiValued && lastOf(chain).subAttributes ? fc.oneof(plain, selecting(resource, chain)) : plain;
};

/** An operation of one of some kinds on a resource of a type. */
export function operationOn(
  type: ResourceType,
  resource: JsonObject,
  ops: readonly Operation['op'][] = ['add', 'replace', 'remove', 'Replace'],
): fc.Arbitrary<Operation> {
  const chains = chainsOf(type.attributes);
  const isOwned = (chain: Chain) => chain.some(({ mutability }) => mutability === 'readOnly');
  const chain = fc.oneof(
    { weight: 9, arbitrary: fc.constantFrom(...chains.filter((one) => !isOwned(one))) },
    { weight: 1, arbitrary: fc.constantFrom(...chains.filter(isOwned)) },
  );
  const target = chain.chain((one) => targeting(resource, one));
  const op = fc.constantFrom(...ops);
  const withPath = fc.tuple(op, target).chain(([name, { path, pointsAt }]) =>
    (name === 'remove' ? fc.option(valueFor(pointsAt), { nil: undefined, freq: 2 }) : valueFor(pointsAt)).map((value) => ({
      op: name,
      path,
      ...(value !== undefined && { value }),
    })),
  );
  const part = target.chain(({ path, pointsAt }) => valueFor(pointsAt).map((value) => [path, value] as const));
  const withoutPath = fc
    .tuple(op, fc.array(part, { maxLength: 3 }))
    .map(([name, parts]) => ({ op: name, value: Object.fromEntries(parts) }));
  return fc.oneof({ weight: 4, arbitrary: withPath }, { weight: 1, arbitrary: withoutPath });
}
