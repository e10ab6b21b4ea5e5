import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { Types } from 'scimmy';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter } from '../../../lambdas/scim/filter/parse.ts';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { ATTRIBUTES } from './disagreements/attributes.ts';
import { STRUCTURE } from './disagreements/structure.ts';
import { TEXT } from './disagreements/text.ts';
import { VALUES } from './disagreements/values.ts';
import { forScimmy, forUs, randomFilter } from './filters.ts';
import { asScimmySees, randomUser } from './resources.ts';

const ours = (filter: string, resource: JsonObject) =>
  compileFilter(parseFilter(filter), user.attributes, { coreUrn: user.schema.id })(resource);
const theirs = (filter: string, resource: JsonObject) => new Types.Filter(filter).match([resource]).length > 0;

test('filters match what those of SCIMMY match', () => {
  fc.assert(
    fc.property(randomFilter, randomUser, (filter, resource) => {
      expect(ours(forUs(filter), resource)).toBe(theirs(forScimmy(filter), asScimmySees(resource)));
    }),
    { seed: 7644, numRuns: 4_000 },
  );
});

describe.each([
  ['values', VALUES],
  ['attributes', ATTRIBUTES],
  ['structure', STRUCTURE],
  ['text', TEXT],
])('filters where SCIMMY and the RFC part: %s', (_, disagreements) => {
  test.each(disagreements)('$what: $filter', (disagreement) => {
    const { filter, resource } = disagreement;
    const refused = expect.objectContaining({ scimType: 'invalidFilter' });
    if (disagreement.ours === 'invalidFilter') expect(() => ours(filter, resource)).toThrow(refused);
    else expect(ours(filter, resource)).toBe(disagreement.ours);

    if (disagreement.theirs === 'throws') expect(() => theirs(filter, resource)).toThrow();
    else expect(theirs(filter, resource)).toBe(disagreement.theirs);
  });
});
