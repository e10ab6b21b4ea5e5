import { Writable } from 'node:stream';
import { expect, test } from '@jest/globals';
import { fields, table } from '../../lib/command-line/screen.ts';

const stream = new Writable();

test('columns stand below their headings, also behind characters that are two columns wide', () => {
  expect(
    table(
      stream,
      ['NAME', 'STATE'],
      [
        ['株式会社', 'active'],
        ['Zoe\u0301', 'active'],
        ['👩\u200d🔬 Labs', 'deleting'],
      ],
    ),
  ).toBe('NAME      STATE\n株式会社  active\nZoe\u0301       active\n👩\u200d🔬 Labs   deleting\n');
});

test('a long name is shortened to 40 columns, and never what is copied', () => {
  const long = 'x'.repeat(63);
  const [, latin = '', wide = ''] = table(
    stream,
    ['ID', 'NAME', 'BASE URL'],
    [
      [long, 'n'.repeat(200), long],
      [long, '株'.repeat(200), long],
    ],
  ).split('\n');
  expect(latin).toBe(`${long}  ${'n'.repeat(39)}…  ${long}`);
  expect(wide).toBe(`${long}  ${'株'.repeat(19)}…   ${long}`);
});

test('what a terminal would obey is shown as it is written in JSON', () => {
  const evil = '\u001b[31mred\u0007\n\u009b2J\u202E';
  const shown = '\\u001b[31mred\\u0007\\u000a\\u009b2J\\u202e';
  expect(table(stream, ['LABEL', 'ID'], [[evil, evil]])).toBe(`LABEL${' '.repeat(shown.length - 5)}  ID\n${shown}  ${shown}\n`);
  expect(fields(stream, [['Name', evil]])).toBe(`  Name   ${shown}\n`);
});
