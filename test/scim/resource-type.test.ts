import { expect, test } from '@jest/globals';
import { boolean, many, string } from '../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType } from '../../lambdas/scim/schemas/resource-type.ts';

const marks = many('marks', '', [string('value', ''), boolean('primary', '')]);
const schema = { id: 'urn:example:2.0:Paper', name: 'Paper', description: '', attributes: [string('title', ''), marks] };
const paper = { name: 'Paper', endpoint: '/Papers', description: '', schema };

test.each([{ path: 'title' }, { path: 'externalId' }, { path: 'marks.value' }])('$path can be indexed', ({ path }) => {
  expect(defineResourceType({ ...paper, indexed: [path] }).indexed).toEqual([path]);
});

test.each([{ path: 'tittle' }, { path: 'marks' }, { path: 'marks.primary' }, { path: '' }])(
  'a type is not defined with an index on what has no values, or is assumed where it is not given: $path',
  ({ path }) => {
    expect(() => defineResourceType({ ...paper, indexed: [path] })).toThrow(`Paper: ${path} cannot be indexed`);
    expect(() => defineResourceType({ ...paper, indexing: [path] })).toThrow(`Paper: ${path} cannot be indexed`);
  },
);
