import { describe, expect, test } from '@jest/globals';
import { describeResourceType, describeSchema, schemasOf } from '../../lambdas/scim/schemas/discovery.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';

interface Described {
  readonly name: string;
  readonly type: string;
  readonly subAttributes?: readonly Described[];
  readonly [characteristic: string]: unknown;
}

const described = (id: string) => describeSchema(schemasOf(resourceTypes).find((schema) => schema.id === id) as ResourceType['schema']);
const attribute = (attributes: readonly unknown[], name: string) => (attributes as Described[]).find((one) => one.name === name);

describe('discovery (RFC 7643 sections 6 to 8)', () => {
  test('every schema is described once', () => {
    expect(schemasOf(resourceTypes).map(({ id }) => id)).toEqual([
      'urn:ietf:params:scim:schemas:core:2.0:User',
      'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User',
      'urn:ietf:params:scim:schemas:core:2.0:Group',
    ]);
  });

  test('userName is required, unique on the server and not case exact, as in section 8.7.1', () => {
    const { attributes } = described('urn:ietf:params:scim:schemas:core:2.0:User');
    expect(attribute(attributes, 'userName')).toMatchObject({
      type: 'string',
      multiValued: false,
      required: true,
      caseExact: false,
      mutability: 'readWrite',
      returned: 'default',
      uniqueness: 'server',
    });
  });

  test('the User schema has the attributes of section 8.7.1', () => {
    const { attributes } = described('urn:ietf:params:scim:schemas:core:2.0:User');
    const names =
      'userName name displayName nickName profileUrl title userType preferredLanguage locale timezone active password emails phoneNumbers ims photos addresses groups entitlements roles x509Certificates';
    expect(attributes.map(({ name }) => name)).toEqual(names.split(' '));
    expect(attribute(attributes, 'emails')?.subAttributes?.map(({ name }) => name)).toEqual(['value', 'display', 'type', 'primary']);
  });

  test('no characteristic is null or undefined, and each value is one of section 7', () => {
    const text = JSON.stringify(schemasOf(resourceTypes).map(describeSchema));
    expect(JSON.parse(text)).toEqual(schemasOf(resourceTypes).map(describeSchema));
    expect(text).not.toContain('null');
  });

  test('the User type names its extension', () => {
    expect(describeResourceType(user)).toMatchObject({
      id: 'User',
      name: 'User',
      endpoint: '/Users',
      schema: 'urn:ietf:params:scim:schemas:core:2.0:User',
      schemaExtensions: [{ schema: 'urn:ietf:params:scim:schemas:extension:enterprise:2.0:User', required: false }],
    });
  });
});
