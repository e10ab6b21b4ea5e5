import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/scim/json.ts';
import { project } from '../../lambdas/scim/project.ts';
import { complex, string } from '../../lambdas/scim/schemas/attribute.ts';
import { enterpriseUserSchema } from '../../lambdas/scim/schemas/enterprise-user.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';
import { THING_URN, typeWith, typeWithExtension, without } from '../support/rfc.ts';

const urn = enterpriseUserSchema.id;
const ada: JsonObject = {
  schemas: [userSchema.id, urn],
  id: '1',
  userName: 'ada',
  password: 'never',
  name: { givenName: 'Ada', familyName: 'Lovelace' },
  emails: [{ value: 'a@b', type: 'work' }, { type: 'home' }],
  [urn]: { department: 'Engines', manager: { value: 'm1', displayName: 'Charles' } },
};

describe('project (RFC 7644 section 3.9)', () => {
  test('by default, all but what is never returned', () => {
    const { password: _, ...rest } = ada;
    expect(project(user, ada)).toEqual(rest);
  });

  test.each([
    ['only what is asked for', ['USERNAME'], { userName: 'ada' }],
    ['a sub-attribute', ['name.givenName'], { name: { givenName: 'Ada' } }],
    ['an attribute as a whole beside one of its parts', ['name', 'name.givenName'], { name: { givenName: 'Ada', familyName: 'Lovelace' } }],
    ['a sub-attribute of each value', ['emails.value'], { emails: [{ value: 'a@b' }] }],
    ['the prefix of the core schema', [`${userSchema.id}:userName`], { userName: 'ada' }],
    ['an attribute of an extension', [`${urn}:manager.value`], { [urn]: { manager: { value: 'm1' } } }],
    ['an extension as a whole', [urn], { [urn]: { department: 'Engines', manager: { value: 'm1', displayName: 'Charles' } } }],
    ['all of the core schema for its URN', [userSchema.id], { userName: 'ada', name: ada.name, emails: ada.emails }],
    ['nothing for a name that no schema has', ['shoeSize', '__proto__'], {}],
    ['nothing for values that have nothing of what is asked for', ['emails.display'], {}],
    ['nothing for what is never returned', ['password'], {}],
  ])('attributes: %s', (_, attributes, expected) => {
    const schemas = [userSchema.id, ...(urn in expected ? [urn] : [])];
    expect(project(user, ada, { attributes })).toEqual({ schemas, id: '1', ...expected });
  });

  test('excludedAttributes subtracts, but not what is always returned', () => {
    const shown = project(user, ada, { excludedAttributes: ['id', 'schemas', 'emails', 'name.familyName', `${urn}:manager`] });
    expect(shown).toEqual({ schemas: ada.schemas, id: '1', userName: 'ada', name: { givenName: 'Ada' }, [urn]: { department: 'Engines' } });
  });
});

describe('an attribute of an extension that is always returned', () => {
  const extension = {
    id: 'urn:example:2.0:Thing:more',
    name: 'More',
    description: '',
    attributes: [string('seal', '', { returned: 'always' }), string('x', '')],
  };
  const type = typeWithExtension(extension, false, string('v', ''));
  const whole = { id: '1', v: 'v', [extension.id]: { seal: 's', x: 'x' } };

  test.each([
    { selection: { attributes: ['v'] }, expected: { v: 'v', [extension.id]: { seal: 's' } } },
    { selection: { excludedAttributes: [extension.id] }, expected: { v: 'v', [extension.id]: { seal: 's' } } },
    { selection: { excludedAttributes: [THING_URN] }, expected: { [extension.id]: { seal: 's', x: 'x' } } },
  ])('is shown with $selection', ({ selection, expected }) => {
    expect(project(type, whole, selection)).toEqual({ schemas: [THING_URN, extension.id], id: '1', ...expected });
  });
});

test('two paths that differ in the place of their dot are two', () => {
  const type = typeWith(complex('a', '', [string('bc', '')]), complex('ab', '', [string('c', '')]));
  const whole = { id: '1', a: { bc: 'x' }, ab: { c: 'y' } };
  expect(project(type, whole, { attributes: ['a.bc', 'ab.c'] })).toEqual({ schemas: [THING_URN], ...whole });
});

test('what is shown on request is not shown with its schema, but with its own name', () => {
  const attributes = [string('rare', '', { returned: 'request' }), string('x', '')];
  const extension = { id: 'urn:example:2.0:Thing:more', name: 'More', description: '', attributes };
  const type = typeWithExtension(extension, false, string('history', '', { returned: 'request' }), string('v', ''));
  const whole = { id: '1', history: 'h', v: 'v', [extension.id]: { rare: 'r', x: 'x' } };
  const shown = (...names: readonly string[]) => without(project(type, whole, { attributes: names }), 'schemas', 'id');
  expect(shown(THING_URN)).toEqual({ v: 'v' });
  expect(shown(extension.id)).toEqual({ [extension.id]: { x: 'x' } });
  expect(shown(THING_URN, 'history', `${extension.id}:rare`)).toEqual({ v: 'v', history: 'h', [extension.id]: { rare: 'r' } });
});
