import { describe, expect, test } from '@jest/globals';
import type { Attribute } from '../../../lambdas/scim/schemas/attribute.ts';
import { schemasOf } from '../../../lambdas/scim/schemas/discovery.ts';
import { resourceTypes } from '../../../lambdas/scim/schemas/registry.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { created } from '../../support/bodies.ts';

const names = (attributes: readonly Attribute[] = []): string[] =>
  attributes.flatMap(({ name, subAttributes }) => [name, ...names(subAttributes)]);

describe('RFC 7643 section 2.1, attributes', () => {
  test('attribute names are case insensitive', () => {
    const body = { USERNAME: 'bjensen', nickname: 'Babs', Name: { GivenName: 'Barbara' } };
    expect(created(user, body)).toMatchObject({ userName: 'bjensen', nickName: 'Babs', name: { givenName: 'Barbara' } });
  });

  test('attribute names conform to the ABNF of figure 1, save the $ref that section 2.4 names', () => {
    const all = schemasOf(resourceTypes).flatMap(({ attributes }) => names(attributes));
    const others = all.filter((name) => !/^[A-Z][$\-_0-9A-Z]*$/i.test(name));
    expect(all).toContain('userName');
    expect([...new Set(others)]).toEqual(['$ref']);
  });

  test('resources MUST specify schema via the "schemas" attribute', () => {
    expect(() => created(user, { schemas: undefined, userName: 'bjensen' })).toThrow(
      expect.objectContaining({ status: 400, message: expect.stringContaining(`schemas: expected an array that names ${userSchema.id}`) }),
    );
  });
});
