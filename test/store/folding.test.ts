import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { compileFilter } from '../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../lambdas/scim/filter/parse.ts';
import { pathOf } from '../../lambdas/scim/path.ts';
import { dateTime, integer, string } from '../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { indexEntries } from '../../lambdas/store/index-entries.ts';
import { valueKey } from '../../lambdas/store/keys.ts';
import { planFilter } from '../../lambdas/store/plan.ts';

// The same values each time: a change that fails, fails for what it changed.
fc.configureGlobal({ seed: 7643 });

const server = { uniqueness: 'server' } as const;
const attributes = [
  string('loose', ''),
  string('exact', '', { caseExact: true }),
  string('looseUnique', '', server),
  string('exactUnique', '', { ...server, caseExact: true }),
  integer('count', ''),
  dateTime('since', ''),
];
const type = defineResourceType({
  name: 'Thing',
  endpoint: '/Things',
  description: '',
  schema: { id: 'urn:example:2.0:Thing', name: 'Thing', description: '', attributes },
  indexed: ['loose', 'exact', 'count', 'since'],
});

/** Letters that fold together in some ways and not in others. */
const text = fc
  .array(
    fc.constantFrom('a', 'A', 'é', 'e\u0301', 'É', 'ß', 'ss', 'İ', 'i', 'Σ', 'σ', 'ς', 'ﬁ', 'Å', '\u212b', '#', '\u{1d400}', 'k', '\u212a'),
    { minLength: 1, maxLength: 3 },
  )
  .map((letters) => letters.join(''));
const dates = fc.constantFrom('2026-01-01T00:00:00Z', '2026-01-01T00:00:00.000Z', '2026-01-01T01:00:00+01:00', '2026-01-01T00:00:00.5Z');
const VALUES = { integer: fc.integer({ min: 0, max: 3 }), dateTime: dates };

test.each(attributes.map((attribute) => ({ attribute })))(
  'filters, index keys and uniqueness agree on which values of $attribute.name are equal',
  ({ attribute }) => {
    const values = attribute.type === 'integer' || attribute.type === 'dateTime' ? VALUES[attribute.type] : text;
    const path = pathOf([attribute]);
    const keys = (value: string | number, id: string) => indexEntries('acme', type, id, { [path]: value }).map(({ key }) => key.pk);
    fc.assert(
      fc.property(values, values, (a, b) => {
        const filter = parseFilter(`${path} eq ${JSON.stringify(b)}`);
        const isFound = compileFilter(filter, type.attributes)({ [path]: a });
        expect(keys(a, '1').join() === keys(b, '2').join()).toBe(isFound);
        const plan = planFilter(type, filter);
        expect(plan.kind).toBe(attribute.uniqueness === 'none' ? 'index' : 'unique');
        expect('value' in plan && keys(a, '1').includes(valueKey('acme', type.name, path, plan.value))).toBe(isFound);
      }),
    );
  },
);
