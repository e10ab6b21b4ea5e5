import { expect, test } from '@jest/globals';
import { idFrom, requireId, requireText } from '../../lib/operator/directory-name.ts';

test.each([
  { name: 'Acme', id: 'acme' },
  { name: 'Acme Corp.', id: 'acme-corp' },
  { name: '  Łódź & Söhne GmbH ', id: 'odz-sohne-gmbh' },
  { name: 'Zoë’s Café', id: 'zoe-s-cafe' },
  { name: '3M', id: '3m' },
  { name: 'a--b__c', id: 'a-b-c' },
  { name: `${'x'.repeat(62)} y`, id: 'x'.repeat(62) },
])('of $name the id $id is made', ({ name, id }) => {
  expect(idFrom(name)).toBe(id);
  expect(requireId(id)).toBe(id);
});

test.each(['株式会社', '', '!!!', 'SCIM', 'v2'])('of %p none is made: it has to be given', (name) => {
  expect(() => idFrom(name)).toThrow('give one with --id');
});

test.each(['Acme', 'a_b', 'a--b', '-a', 'x'.repeat(64), 'scim', 'sping', 'a/b', 'a#b', '*'])('%p is no id', (id) => {
  expect(() => requireId(id)).toThrow('is no id of a directory: expected 1 to 63 of a-z, 0-9');
});

test.each([
  ...[
    '',
    '   ',
    'x'.repeat(201),
    'a\nb',
    '\u001b[31mred',
    'a\u0000b',
    'a\u009b31m',
    'evil\u202Egro.',
    'a\u2028b',
    'a\u200bb',
    '\uD800a',
    '\u200d',
  ],
])('%p is no name', (text) => {
  expect(() => requireText('name', text)).toThrow('name: expected 1 to 200 characters, without control characters and others that cannot');
});

test.each(['می\u200cخواهم', '👩\u200d🔬 Labs', '株式会社', 'Zoe\u0301'])('%p is one', (text) => {
  expect(requireText('name', text)).toBe(text);
});

test('a name is kept as it was given, but for the space around it', () => {
  expect(requireText('name', '  Zoë’s Café ')).toBe('Zoë’s Café');
});
