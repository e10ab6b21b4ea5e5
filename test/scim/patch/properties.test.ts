import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { ScimError } from '../../../lambdas/scim/errors.ts';
import { isObject, type JsonObject } from '../../../lambdas/scim/json.ts';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import { patch } from '../../../lambdas/scim/patch/patch.ts';
import { targetOfKey } from '../../../lambdas/scim/patch/tolerances.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { represent } from '../../../lambdas/scim/resource.ts';
import { type Attribute, isExtension } from '../../../lambdas/scim/schemas/attribute.ts';
import { resourceTypes } from '../../../lambdas/scim/schemas/registry.ts';
import type { ResourceType } from '../../../lambdas/scim/schemas/resource-type.ts';
import { validate } from '../../../lambdas/scim/validate.ts';
import { operationOn } from '../../support/operations.ts';
import { everyKind, resourceOf, storedOf } from '../../support/resources.ts';
import { vendorType } from '../../support/vendor-type.ts';

// The same values each time: a change that fails, fails for what it changed.
fc.configureGlobal({ seed: 6902 });

/** The resource that a PATCH gives, or the error that it is refused with. Anything else that it throws fails the test. */
function outcome(type: ResourceType, resource: JsonObject, operations: readonly Operation[]): JsonObject | string {
  try {
    return patch(type, resource, operations).resource;
  } catch (error) {
    if (!(error instanceof ScimError) || error.status !== 400) throw error;
    return `${error.scimType}: ${error.message}`;
  }
}

const isRefused = (result: JsonObject | string): result is string => typeof result === 'string';

const withOperations = (type: ResourceType, ops?: readonly string[], maxLength = 5) =>
  resourceOf(type).chain((resource) =>
    fc.tuple(fc.constant(resource), fc.array(operationOn(type, resource, ops), { minLength: 1, maxLength })),
  );

/** The type with every kind of attribute has resources of 1,000 values, which take their time to make. */
const TYPES = [
  ...[...resourceTypes, vendorType].map((type) => ({ name: type.name, type, numRuns: 1_000 })),
  { name: everyKind.name, type: everyKind, numRuns: 100 },
];

/** What is not the client's to change, at the top and in extensions. That of a complex value goes with it, and may come anew. */
function ownedIn(type: ResourceType, resource: JsonObject): { path: readonly string[]; value: unknown }[] {
  const isOwned = ({ mutability }: Attribute) => mutability === 'readOnly' || mutability === 'immutable';
  return type.attributes.flatMap((attribute) => {
    const { name, subAttributes = [] } = attribute;
    const value = resource[name];
    if (isOwned(attribute)) return value === undefined ? [] : [{ path: [name], value }];
    if (!isExtension(attribute) || !isObject(value)) return [];
    return subAttributes
      .filter((sub) => isOwned(sub) && value[sub.name] !== undefined)
      .map((sub) => ({ path: [name, sub.name], value: value[sub.name] }));
  });
}

/** A property that is only ever refused would show nothing. */
const requireMany = (succeeded: number, numRuns: number) => expect(succeeded).toBeGreaterThan(numRuns / 10);

/** Whether the parts of an operation without a path are each of another attribute. */
function areApart(type: ResourceType, { path, value }: Operation): boolean {
  const names = path === undefined ? Object.keys(value as object).map((key) => targetOfKey(type, key)?.chain[0].name) : [];
  return new Set(names).size === names.length;
}

describe.each(TYPES)('a $name and any operations', ({ type, numRuns }) => {
  test('that fail leave it as it was, and that succeed give one that validates', () => {
    let succeeded = 0;
    fc.assert(
      fc.property(withOperations(type), ([resource, operations]) => {
        const before = structuredClone(resource);
        const after = outcome(type, resource, operations);
        expect(resource).toEqual(before);
        if (isRefused(after)) return;
        succeeded++;
        const answer = project(type, represent(type, storedOf(after)));
        const { schemas: _, ...shown } = answer;
        expect(validate(type, answer, { to: 'respond' })).toEqual({ resource: shown, unknowns: [] });
        expect(ownedIn(type, after)).toEqual(expect.arrayContaining(ownedIn(type, before)));
      }),
      { numRuns },
    );
    requireMany(succeeded, numRuns);
  });

  test('one by one in separate requests give what they give in one', () => {
    let succeeded = 0;
    fc.assert(
      fc.property(withOperations(type), ([resource, operations]) => {
        const separate = operations.reduce<JsonObject | string>(
          (current, operation) => (isRefused(current) ? current : outcome(type, current, [operation])),
          resource,
        );
        const together = outcome(type, resource, operations);
        // Paths are looked up before anything is applied, so that the error of another operation may come first.
        if (isRefused(separate)) expect(isRefused(together)).toBe(true);
        else expect(together).toEqual(separate);
        if (!isRefused(separate)) succeeded++;
      }),
      { numRuns },
    );
    requireMany(succeeded, numRuns);
  });

  test('one that adds or replaces changes nothing the second time', () => {
    let succeeded = 0;
    fc.assert(
      fc.property(withOperations(type, ['add', 'replace'], 1), ([resource, operations]) => {
        // Of two that touch one attribute, the second may make what the first one finds.
        fc.pre(operations.every((operation) => areApart(type, operation)));
        const once = outcome(type, resource, operations);
        if (isRefused(once)) return;
        const twice = outcome(type, once, operations);
        if (isRefused(twice)) expect(twice).toMatch(/^noTarget/);
        else expect(twice).toEqual(once);
        if (!isRefused(twice)) succeeded++;
      }),
      { numRuns },
    );
    requireMany(succeeded, numRuns);
  });
});
