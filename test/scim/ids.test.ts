import { expect, test } from '@jest/globals';
import { givenId, isId, isIdOf } from '../../lambdas/scim/ids.ts';
import { role } from '../../lambdas/scim/schemas/role.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';

const uuid = '0f3c2a11-0000-4000-8000-000000000000';
const ALLOWED = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789._~-';
const NONE = [
  '',
  '.',
  '..',
  '...',
  '.'.repeat(255),
  '.search',
  'a b',
  'a/b',
  'a#b',
  'a%2Fb',
  'ä',
  'a\n',
  '\n',
  'a'.repeat(256),
  'a?b',
  'a:b',
];

test('the id of a user is a UUID in lower case', () => {
  for (const text of [uuid]) expect([isId(text), isIdOf(user, text)]).toEqual([true, true]);
  for (const text of [uuid.toUpperCase(), `${uuid}\n`, 'lic-pro', ...NONE])
    expect([isId(text), isIdOf(user, text)]).toEqual([false, false]);
});

test('an id that is given is a segment of a path that needs no encoding', () => {
  for (const text of [
    uuid,
    uuid.toUpperCase(),
    'lic-pro',
    ALLOWED,
    ...ALLOWED.replace('.', ''),
    'a'.repeat(255),
    '.a',
    'a.',
    '.Search',
    '.search.',
  ])
    expect([text, isIdOf(role, text)]).toEqual([text, true]);
  for (const text of NONE) expect([text, isIdOf(role, text)]).toEqual([text, false]);
});

test.each([
  { body: { id: 'lic-pro' }, id: 'lic-pro' },
  { body: { ID: 'lic-pro' }, id: 'lic-pro' },
  { body: { id: 4711 }, id: '4711' },
  { body: { id: -1.5 }, id: '-1.5' },
  { body: { id: null }, id: undefined },
  { body: { id: '' }, id: undefined },
  { body: { id: [] }, id: undefined },
  { body: {}, id: undefined },
])('the id that $body chooses is $id', ({ body, id }) => {
  expect(givenId(role, body)).toBe(id);
  expect(givenId(user, body)).toBeUndefined();
});

test.each([...NONE.filter((text) => text !== ''), true, {}, { value: 'a' }, ['a'], 2 ** 60, 1e-7].map((id) => ({ id })))(
  '$id is refused as an id, and ignored where the service gives them',
  ({ id }) => {
    expect(() => givenId(role, { id })).toThrow(
      expect.objectContaining({ status: 400, scimType: 'invalidValue', message: expect.stringMatching(/^id: expected 1 to 255 letters/) }),
    );
    expect(givenId(user, { id })).toBeUndefined();
  },
);
