import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { invalidPath, ScimError } from '../../lambdas/scim/errors.ts';
import { type Filter, parseFilter, parseValuePath } from '../../lambdas/scim/filter/parse.ts';
import { printFilter } from '../../lambdas/scim/filter/print.ts';
import { isObject, type JsonObject } from '../../lambdas/scim/json.ts';
import { pathOf } from '../../lambdas/scim/path.ts';
import { project, type Selection } from '../../lambdas/scim/project.ts';
import { represent } from '../../lambdas/scim/resource.ts';
import { type Attribute, isExtension, isHidden } from '../../lambdas/scim/schemas/attribute.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { validate } from '../../lambdas/scim/validate.ts';
import { everyKind, resourceOf, storedOf } from '../support/resources.ts';

// The same values each time: a change that fails, fails for what it changed.
fc.configureGlobal({ seed: 7643 });

const name = fc.stringMatching(/^[A-Za-z$][A-Za-z0-9$_-]{0,8}$/);
const path = fc.record(
  { urn: fc.stringMatching(/^urn:[a-z]{1,5}:[A-Za-z0-9.:+/-]{1,12}$/), names: fc.array(name, { minLength: 1, maxLength: 2 }) },
  { requiredKeys: ['names'] },
);
const literal = fc.oneof(
  fc.string({ unit: 'binary' }),
  fc.double({ noNaN: true, noDefaultInfinity: true }),
  fc.boolean(),
  fc.constant(null),
);
const comparison = fc.constantFrom('eq', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le');
const { tree } = fc.letrec<{ tree: Filter }>((tie) => {
  const parts = fc.array(tie('tree'), { minLength: 2, maxLength: 4 });
  return {
    tree: fc.oneof(
      { depthSize: 'small', withCrossShrink: true },
      fc.record({ op: comparison, path, value: literal }),
      fc.record({ op: fc.constant('pr'), path }),
      fc.record({ op: fc.constantFrom('and', 'or'), filters: parts }),
      fc.record({ op: fc.constant('not'), filter: tie('tree') }),
      fc.record({ op: fc.constant('in'), path, filter: tie('tree') }),
    ) as fc.Arbitrary<Filter>,
  };
});

/** Where a tree was parsed from says nothing of what it means. */
const withoutPositions = (filter: unknown): unknown =>
  Array.isArray(filter)
    ? filter.map(withoutPositions)
    : isObject(filter)
      ? Object.fromEntries(Object.entries(filter).flatMap(([key, value]) => (key === 'at' ? [] : [[key, withoutPositions(value)]])))
      : filter;

describe('filters', () => {
  const limits = { length: 1e6, depth: 1e3, nodes: 1e4 };

  test('a tree that is printed and parsed is the same tree', () => {
    fc.assert(
      fc.property(tree, (filter) => expect(withoutPositions(parseFilter(printFilter(filter), limits))).toEqual(withoutPositions(filter))),
    );
  });

  const piece = fc.constantFrom(
    '(',
    ')',
    '[',
    ']',
    'and',
    'or',
    'not',
    'eq',
    'pr',
    'a.b',
    '"x"',
    '1',
    '.',
    ':',
    'urn:x:y',
    '\\',
    '"',
    ' ',
    '.v',
  );
  const anything = fc.oneof(
    fc.string({ unit: 'binary' }),
    fc.array(piece).map((pieces) => pieces.join(' ')),
    fc.array(piece).map((pieces) => pieces.join('')),
  );

  test.each([
    { parser: 'filters', parse: (text: string) => parseFilter(text) },
    { parser: 'paths', parse: (text: string) => parseValuePath(text, invalidPath) },
  ])('no text makes the parser of $parser throw anything but a SCIM error', ({ parse }) => {
    const outcome = (text: string) => {
      try {
        parse(text);
        return 'parsed';
      } catch (error) {
        return error instanceof ScimError && error.status === 400 ? 'refused' : error;
      }
    };
    fc.assert(
      fc.property(anything, (text) => expect(['parsed', 'refused']).toContain(outcome(text))),
      { numRuns: 1_000 },
    );
  });
});

const TYPES = [...resourceTypes, everyKind].map((type) => ({ name: type.name, type }));

describe.each(TYPES)('a $name', ({ type }) => {
  test('that is replaced by what GET answered is as it was', () => {
    fc.assert(
      fc.property(resourceOf(type), (current) => {
        const answer = project(type, represent(type, storedOf(current)));
        expect(validate(type, answer, { to: 'replace', current })).toEqual({ resource: current, unknowns: [] });
      }),
    );
  });

  test('is answered as its schemas say', () => {
    fc.assert(
      fc.property(resourceOf(type), (body) => {
        const answer = project(type, represent(type, storedOf(body)));
        const { schemas, ...rest } = answer;
        expect(validate(type, answer, { to: 'respond' })).toEqual({ resource: rest, unknowns: [] });
        expect(schemas).toEqual([type.schema.id, ...type.extensions.flatMap(({ schema: { id } }) => (id in rest ? [id] : []))]);
      }),
    );
  });

  test('never shows what is never returned, and always what is always', () => {
    fc.assert(
      fc.property(resourceOf(type), selectionOf(type), (body, selection) => {
        const whole = represent(type, storedOf(body));
        const shown = project(type, whole, selection);
        for (const { path, attribute, parent, isIn } of chains(type.attributes)) {
          const isParentShown = parent === undefined || isExtension(parent.attribute) || parent.isIn(shown);
          if (isHidden(attribute)) expect([path, isIn(shown)]).toEqual([path, false]);
          else if (attribute.returned === 'always' && isParentShown) expect([path, isIn(shown)]).toEqual([path, isIn(whole)]);
        }
      }),
    );
  });
});

const selectionOf = (type: ResourceType): fc.Arbitrary<Selection> => {
  const paths = chains(type.attributes).map((chain) => chain.path);
  const names = fc.array(fc.constantFrom(...paths), { maxLength: 20 });
  return fc.oneof(
    fc.record({ attributes: names }),
    fc.record({ excludedAttributes: names }),
    fc.record({ written: names }),
    fc.record({ excludedAttributes: names, written: names }),
  );
};

interface Chain {
  readonly path: string;
  readonly attribute: Attribute;
  readonly parent: Chain | undefined;
  readonly isIn: (resource: JsonObject) => boolean;
}

/** Every attribute and sub-attribute with its full path. */
const chains = (attributes: readonly Attribute[], above: readonly Attribute[] = [], parent?: Chain): Chain[] =>
  attributes.flatMap((attribute) => {
    const chain = [...above, attribute];
    const isIn = (resource: JsonObject) =>
      chain.reduce<unknown[]>((values, { name: key }) => values.flatMap((one) => (isObject(one) ? (one[key] ?? []) : [])), [resource])
        .length > 0;
    const one = { path: pathOf(chain), attribute, parent, isIn };
    return [one, ...chains(attribute.subAttributes ?? [], chain, one)];
  });
