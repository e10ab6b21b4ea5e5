import { describe, expect, test } from '@jest/globals';
import { compileProjection, project } from '../../../lambdas/scim/project.ts';
import { complex, string } from '../../../lambdas/scim/schemas/attribute.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { figure } from '../../support/figure.ts';
import { THING_URN, typeWith, without } from '../../support/rfc.ts';

const barbara = without(figure('8.2'), 'password');
const minimum = { schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'], id: '2819c223-7f76-453a-919d-413861904646' };

describe('RFC 7644 section 3.9, additional operation response parameters', () => {
  test('the example with attributes=userName is answered as there', () => {
    expect(project(user, { ...barbara, userName: 'bjensen' }, { attributes: ['userName'] })).toEqual({
      schemas: ['urn:ietf:params:scim:schemas:core:2.0:User'],
      id: '2819c223-7f76-453a-919d-413861904646',
      userName: 'bjensen',
    });
  });

  test('the attributes returned are the minimum set, "always", plus the default set, "default"', () => {
    const type = typeWith(
      string('badge', 'Always there.', { returned: 'always' }),
      string('note', 'There by default.'),
      string('history', 'There on request.', { returned: 'request' }),
      string('hash', 'Never there.', { returned: 'never' }),
    );
    const resource = { schemas: [THING_URN], id: '1', badge: 'b', note: 'n', history: 'y', hash: 'h' };
    expect(project(type, resource)).toEqual({ schemas: [THING_URN], id: '1', badge: 'b', note: 'n' });
    expect(project(type, resource, { attributes: ['history'] })).toEqual({ schemas: [THING_URN], id: '1', badge: 'b', history: 'y' });
    expect(project(type, resource, { excludedAttributes: ['badge', 'note'] })).toEqual({ schemas: [THING_URN], id: '1', badge: 'b' });
  });

  test('attributes: the default list SHALL be overridden', () => {
    expect(project(user, barbara, { attributes: ['userName', 'name', 'emails'] })).toEqual({
      ...minimum,
      userName: barbara.userName,
      name: barbara.name,
      emails: barbara.emails,
    });
  });

  test('attributes: sub-attributes explicitly requested are returned', () => {
    expect(project(user, barbara, { attributes: ['name.givenName', 'emails.value'] })).toEqual({
      ...minimum,
      name: { givenName: 'Barbara' },
      emails: [{ value: 'bjensen@example.com' }, { value: 'babs@jensen.org' }],
    });
  });

  test('attributes: a name that no schema has selects nothing, and the minimum set is returned', () => {
    expect(project(user, barbara, { attributes: ['rooms'] })).toEqual(minimum);
  });

  test('excludedAttributes: the default set minus those attributes is returned', () => {
    expect(project(user, barbara, { excludedAttributes: ['emails', 'addresses'] })).toEqual(without(barbara, 'emails', 'addresses'));
  });

  test('excludedAttributes: a sub-attribute is taken from its attribute', () => {
    expect(project(user, barbara, { excludedAttributes: ['name.formatted'] }).name).toEqual({
      familyName: 'Jensen',
      givenName: 'Barbara',
      middleName: 'Jane',
      honorificPrefix: 'Ms.',
      honorificSuffix: 'III',
    });
  });

  test('each resource returned: a projection serves for many', () => {
    const { project: shown } = compileProjection(user, { attributes: ['userName'] });
    expect([barbara, { ...barbara, userName: 'jsmith' }].map(shown)).toEqual([
      { ...minimum, userName: 'bjensen@example.com' },
      { ...minimum, userName: 'jsmith' },
    ]);
  });
});

describe('RFC 7644 section 3.4.2.5, attributes', () => {
  test('attribute names MUST be in standard attribute notation', () => {
    const attributes = ['urn:ietf:params:scim:schemas:core:2.0:User:name.givenName', 'USERNAME'];
    expect(project(user, barbara, { attributes })).toEqual({ ...minimum, userName: barbara.userName, name: { givenName: 'Barbara' } });
  });

  test('excludedAttributes SHALL have no effect on attributes whose "returned" is "always"', () => {
    expect(project(user, barbara, { excludedAttributes: ['id', 'schemas'] })).toEqual(barbara);
  });

  test('excludedAttributes SHALL have no effect on sub-attributes whose "returned" is "always"', () => {
    const owner = complex('owner', 'The owner.', [string('value', 'Its id.', { returned: 'always' }), string('display', 'Its name.')]);
    const resource = { schemas: [THING_URN], id: '1', owner: { value: 'u1', display: 'Barbara' } };
    expect(project(typeWith(owner), resource, { excludedAttributes: ['owner.value', 'owner.display'] })).toEqual({
      ...resource,
      owner: { value: 'u1' },
    });
  });
});
