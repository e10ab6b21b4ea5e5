import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { invalidPath, ScimError } from '../../../lambdas/scim/errors.ts';
import { compileFilter } from '../../../lambdas/scim/filter/compile.ts';
import { parseFilter, parseValuePath } from '../../../lambdas/scim/filter/parse.ts';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { targetAt } from '../../../lambdas/scim/patch/target.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { permissiveSchema } from '../../support/permissive-schema.ts';
import { DEVIATIONS, type Outcome } from '../../vectors/filter-deviations.ts';

interface Vector {
  readonly kind: 'filter' | 'path';
  readonly filter: string;
  readonly valid: boolean;
  readonly attributes: 'user' | 'other' | 'n/a';
  readonly resource?: string;
  readonly resourceJson?: JsonObject;
  readonly match?: boolean;
  readonly dataset?: string;
  readonly matches?: readonly string[];
  readonly disputed?: boolean;
  readonly source: string;
}

const { resources, datasets, vectors } = JSON.parse(readFileSync(new URL('../../vectors/filters.json', import.meta.url), 'utf8')) as {
  readonly resources: Readonly<Record<string, JsonObject>>;
  readonly datasets: Readonly<Record<string, Readonly<Record<string, JsonObject>>>>;
  readonly vectors: readonly Vector[];
};

const refusedOr = (answer: () => Outcome): Outcome => {
  try {
    return answer();
  } catch (error) {
    if (error instanceof ScimError) return 'refused';
    throw error;
  }
};

function ourAnswer({ kind, filter: text, valid, attributes, resource, resourceJson, dataset }: Vector): Outcome {
  if (kind === 'path') {
    // That a path is well-formed is one thing; what is none leads nowhere in any schema.
    return refusedOr(() => (valid ? parseValuePath(text, invalidPath) : targetAt(user, text)) && 'accepted');
  }
  return refusedOr(() => {
    const filter = parseFilter(text);
    const object = resourceJson ?? (resource === undefined ? undefined : resources[resource]);
    const schema = attributes === 'other' ? permissiveSchema(filter, object) : user.attributes;
    const holds = compileFilter(filter, schema, { coreUrn: user.schema.id });
    if (object) return holds(object) ? 'match' : 'no match';
    if (dataset === undefined) return 'accepted';
    const found = Object.entries(datasets[dataset] ?? {}).filter(([, one]) => holds(one));
    return `ids ${found.map(([id]) => id).join()}`;
  });
}

function theirAnswer({ valid, match, matches }: Vector): Outcome {
  if (!valid) return 'refused';
  if (matches) return `ids ${matches.join()}`;
  return match === undefined ? 'accepted' : match ? 'match' : 'no match';
}

describe('filters and paths from the tests of public SCIM libraries', () => {
  test.each(vectors.map((vector, i) => ({ ...vector, i })))('$i: $kind $filter ($source)', (vector) => {
    const ours = ourAnswer(vector);
    const isListed = DEVIATIONS.some((row) => row.ours === ours && row.filters.includes(vector.filter));
    expect({ ours, isListed }).toEqual({ ours: isListed ? ours : theirAnswer(vector), isListed });
  });

  test('every deviation in the list is one', () => {
    const deviating = new Set(vectors.filter((vector) => ourAnswer(vector) !== theirAnswer(vector)).map(({ filter }) => filter));
    expect(DEVIATIONS.flatMap(({ filters }) => filters).filter((filter) => !deviating.has(filter))).toEqual([]);
  });
});
