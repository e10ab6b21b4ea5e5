import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { describeResourceType } from '../../../lambdas/scim/schemas/discovery.ts';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import { serviceProviderConfigSchema } from '../../../lambdas/scim/schemas/service-provider.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { answered, created } from '../../support/bodies.ts';
import { violations } from '../../support/conformance.ts';
import { figure } from '../../support/figure.ts';
import { refusal, without } from '../../support/rfc.ts';

const enterprise = enterpriseUserSchema.id;
const { manager, ...employment } = figure('8.3')[enterprise] as JsonObject;
const SERVERS = ['schemas', 'id', 'meta', 'groups'];

/** `kept`: what a service keeps of a figure that a client posts. */
const FIGURES = [
  { title: '8.1, minimal User', section: '8.1', type: user, kept: { userName: 'bjensen@example.com', active: true } },
  { title: '8.2, full User', section: '8.2', type: user, kept: without(figure('8.2'), ...SERVERS, 'password') },
  {
    title: '8.3, enterprise User',
    section: '8.3',
    type: user,
    kept: {
      ...without(figure('8.3'), ...SERVERS, 'password'),
      [enterprise]: { ...employment, manager: without(manager as JsonObject, 'displayName') },
    },
  },
  {
    title: '8.4, Group',
    section: '8.4',
    type: group,
    kept: {
      displayName: 'Tour Guides',
      members: (figure('8.4').members as JsonObject[]).map((member) => without(member, 'display')),
    },
  },
];

describe.each(FIGURES)('RFC 7643 section $title', ({ section, type, kept }) => {
  // Sections 8.2 and 8.3 show a password, which section 4.1.1 forbids a service to return.
  const returned = without(figure(section), 'password');

  test('is understood as the answer of a service, with what the service alone writes', () => {
    expect(without(answered(type, returned), 'schemas')).toEqual(without(returned, 'schemas'));
  });

  test('is returned as it stands, save the password that SHALL NOT be returnable', () => {
    expect(project(type, figure(section))).toEqual(returned);
  });

  test('is accepted from a client, save what the service alone writes', () => {
    expect(without(created(type, figure(section)), 'password')).toEqual(kept);
  });
});

describe('RFC 7643 section 8.2, full User', () => {
  test('its password is refused in the answer of a service', () => {
    expect(() => answered(user, figure('8.2'))).toThrow(refusal('invalidValue', 'password: '));
  });
});

describe('RFC 7643 section 8.5, service provider configuration', () => {
  test('conforms to the schema that the service describes', () => {
    const { schemas, ...example } = without(figure('8.5'), 'meta');
    expect(schemas).toEqual([serviceProviderConfigSchema.id]);
    expect(violations(serviceProviderConfigSchema.attributes, example)).toEqual([]);
  });
});

describe('RFC 7643 section 8.6, resource types', () => {
  const [userType, groupType] = figure<JsonObject[]>('8.6');

  test('User is described as there, save that its extension is not required and its location stands below the base URL', () => {
    expect(describeResourceType(user)).toEqual({
      ...userType,
      schemaExtensions: [{ schema: enterprise, required: false }],
      meta: { resourceType: 'ResourceType', location: '/ResourceTypes/User' },
    });
  });

  test('Group is described as there, save that its location stands below the base URL', () => {
    expect(describeResourceType(group)).toEqual({
      ...groupType,
      meta: { resourceType: 'ResourceType', location: '/ResourceTypes/Group' },
    });
  });
});
