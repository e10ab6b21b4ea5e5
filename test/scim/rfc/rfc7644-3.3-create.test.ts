import { describe, expect, test } from '@jest/globals';
import { toErrorBody, uniqueness } from '../../../lambdas/scim/errors.ts';
import { project } from '../../../lambdas/scim/project.ts';
import { represent } from '../../../lambdas/scim/resource.ts';
import { string } from '../../../lambdas/scim/schemas/attribute.ts';
import { resourceTypes } from '../../../lambdas/scim/schemas/registry.ts';
import { user, userSchema } from '../../../lambdas/scim/schemas/user.ts';
import { created } from '../../support/bodies.ts';
import { typeWith } from '../../support/rfc.ts';

const REQUEST = {
  schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
  userName: 'bjensen',
  externalId: 'bjensen',
  name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara' },
};

const ID = '2819c223-7f76-453a-919d-413861904646';
const MOMENT = '2011-08-01T21:32:44.882Z';
const stored = { id: ID, rev: 1, version: 1, created: MOMENT, lastModified: MOMENT };

describe('RFC 7644 section 3.3, creating resources', () => {
  test('the example request becomes the example response, and active by default', () => {
    expect(project(user, represent(user, { ...stored, body: created(user, REQUEST) }))).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      id: ID,
      externalId: 'bjensen',
      meta: {
        resourceType: 'User',
        created: MOMENT,
        lastModified: MOMENT,
        // Below the base URL; the version is the service's own.
        location: `/Users/${ID}`,
        version: expect.stringMatching(/^W\/".+"$/),
      },
      name: { formatted: 'Ms. Barbara J Jensen III', familyName: 'Jensen', givenName: 'Barbara' },
      userName: 'bjensen',
      active: true,
    });
  });

  test('in the request body, attributes whose mutability is "readOnly" SHALL be ignored', () => {
    const type = typeWith(string('serial', 'A number.', { mutability: 'readOnly', required: true }), string('note', 'A note.'));
    expect(created(type, { id: 'x', meta: { version: 'x' }, serial: '7', note: 'x' })).toEqual({ note: 'x' });
    expect(created(type, { note: 'x' })).toEqual({ note: 'x' });
  });

  test('the service provider MAY assign a default value to non-asserted attributes', () => {
    expect(created(user, { userName: 'bjensen' })).toEqual({ userName: 'bjensen', active: true });
    expect(created(user, { userName: 'bjensen', active: false })).toEqual({ userName: 'bjensen', active: false });
  });

  test('clients MAY specify "null" for a single-valued attribute or "[]" for a multi-valued attribute to clear all values', () => {
    expect(created(user, { userName: 'bjensen', nickName: null, emails: [] })).toEqual({ userName: 'bjensen', active: true });
  });

  test('a duplicate "userName" MUST be answered with 409 and a "scimType" of "uniqueness"', () => {
    expect(toErrorBody(uniqueness('userName'))).toMatchObject({ status: '409', scimType: 'uniqueness' });
  });
});

describe('RFC 7644 section 3.3.1, resource types', () => {
  test('"resourceType" SHALL be set to the resource type of the endpoint, and "location" to a URI below it', () => {
    for (const type of resourceTypes) {
      const { meta } = represent(type, { ...stored, body: {} });
      expect(meta).toMatchObject({ resourceType: type.name, location: `${type.endpoint}/${ID}` });
    }
  });

  test('a client cannot set "resourceType"', () => {
    const body = created(user, { userName: 'bjensen', meta: { resourceType: 'Group' } });
    expect(represent(user, { ...stored, body })).toMatchObject({ schemas: [userSchema.id], meta: { resourceType: 'User' } });
  });
});
