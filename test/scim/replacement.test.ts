import { describe, expect, test } from '@jest/globals';
import type { JsonObject } from '../../lambdas/scim/json.ts';
import { patch } from '../../lambdas/scim/patch/patch.ts';
import { boolean, complex, dateTime, integer, many, string } from '../../lambdas/scim/schemas/attribute.ts';
import { replaced } from '../support/bodies.ts';
import { refusal, typeWith, typeWithExtension } from '../support/rfc.ts';

const fixed = { mutability: 'immutable' } as const;
const owned = { mutability: 'readOnly' } as const;
const secret = string('secret', '', { mutability: 'writeOnly', returned: 'never' });
const parts = [string('v', ''), string('imm', '', fixed), string('ro', '', owned), secret];
const E = 'urn:example:2.0:Thing:more';
const type = typeWithExtension(
  { id: E, name: 'More', description: '', attributes: parts },
  false,
  string('v', ''),
  complex('one', '', parts),
  complex('fixedOne', '', parts, fixed),
  many('several', '', [string('value', ''), string('type', ''), boolean('primary', ''), ...parts]),
  many('counted', '', [integer('value', ''), ...parts]),
  many('dated', '', [dateTime('value', ''), ...parts]),
  string('words', '', { multiValued: true }),
  string('fixedWords', '', { multiValued: true, ...fixed }),
);

const put = (current: JsonObject, body: Record<string, unknown>) => () => replaced(type, current, body);
const patched =
  (current: JsonObject, ...operations: readonly { op: string; path?: string; value?: unknown }[]) =>
  () =>
    patch(type, current, operations).resource;

describe('what a PUT leaves out of an extension', () => {
  const current = { [E]: { v: 'x', imm: 'i', ro: 'server', secret: 's' } };

  test('is its attributes, not the extension: what is not the client’s to take away stays', () => {
    expect(put(current, {})()).toEqual({ [E]: { imm: 'i', ro: 'server', secret: 's' } });
  });

  test('is immutable: nothing gets round that', () => {
    expect(put(current, { [E]: null })).toThrow(refusal('mutability', `${E}:imm: immutable`));
    expect(put(current, { [E]: { imm: 'j' } })).toThrow(refusal('mutability', `${E}:imm: immutable`));
    expect(patched(current, { op: 'remove', path: E })).toThrow(refusal('mutability', `${E}:imm: immutable`));
    expect(patched(current, { op: 'replace', value: { [E]: null } })).toThrow(refusal('mutability', `${E}:imm: immutable`));
  });

  test('is gone where it is set to null, but for what the server owns', () => {
    const free = { [E]: { v: 'x', ro: 'server', secret: 's' } };
    expect(put(free, { [E]: null })()).toEqual({ [E]: { ro: 'server' } });
    expect(patched(free, { op: 'remove', path: E })()).toEqual({ [E]: { ro: 'server' } });
  });
});

test('an extension that has to be there is not left out, whatever was in it', () => {
  const demanded = typeWithExtension({ id: E, name: 'More', description: '', attributes: parts }, true, string('v', ''));
  expect(() => replaced(demanded, { [E]: { v: 'x' } }, {})).toThrow(refusal('invalidValue', `${E}: required`));
  expect(replaced(demanded, { [E]: { imm: 'i' } }, {})).toEqual({ [E]: { imm: 'i' } });
});

test('what is shown on request alone stays where a PUT leaves it out, and goes where it is null', () => {
  const rare = typeWith(string('history', '', { returned: 'request' }), string('note', ''));
  expect(replaced(rare, { history: 'h', note: 'x' }, { note: 'y' })).toEqual({ history: 'h', note: 'y' });
  expect(replaced(rare, { history: 'h', note: 'x' }, { history: null })).toEqual({});
});

describe('a complex value is replaced as a whole', () => {
  const one = { v: 'x', imm: 'i', ro: 'server', secret: 's' };

  test('its parts stay for as long as it does', () => {
    expect(put({ one }, { one: { v: 'y' } })()).toEqual({ one: { ...one, v: 'y' } });
    expect(put({ one }, {})()).toEqual({});
  });

  test('one with nothing in it that a client sees stays', () => {
    expect(put({ one: { ro: 'server', secret: 's' } }, {})()).toEqual({ one: { ro: 'server', secret: 's' } });
    expect(put({ one: { ro: 'server', secret: 's' } }, { one: null })()).toEqual({});
  });

  const beyond = { ro: 'server', secret: 's' };
  const nested = (depth: number): unknown => (depth === 0 ? null : { unknown: nested(depth - 1) });

  test.each([
    { kind: 'null', given: { v: null } },
    { kind: 'null within lists and objects', given: { v: null, unknown: [{ x: [''] }] } },
    { kind: 'null as deep as a value can be', given: nested(5) },
  ])('is taken away by what holds nothing but $kind', ({ given }) => {
    expect(put({ one: beyond }, { one: given })()).toEqual({});
  });

  test.each([
    { kind: 'what no schema has', given: { unknown: 'x' } },
    { kind: 'what no schema has, beside null', given: { v: null, unknown: 'x' } },
    { kind: 'null deeper than a value can be', given: nested(6) },
  ])('is not taken away by what holds $kind', ({ given }) => {
    expect(put({ one: beyond }, { one: given })()).toEqual({ one: beyond });
  });

  test('PATCH too may give no value for a part of one', () => {
    expect(patched({ one: { v: 'x' } }, { op: 'replace', path: 'one', value: { v: 'y', imm: null } })()).toEqual({ one: { v: 'y' } });
    expect(patched({}, { op: 'add', path: 'several', value: [{ value: 'a', imm: null }] })()).toEqual({ several: [{ value: 'a' }] });
  });

  test('an immutable one is the same if all of it is that a client can send', () => {
    expect(put({ fixedOne: one }, { fixedOne: { v: 'X', imm: 'I', ro: 'other' } })()).toEqual({ fixedOne: one });
    expect(put({ fixedOne: one }, { fixedOne: { v: 'x' } })).toThrow(refusal('mutability', 'fixedOne: immutable'));
    expect(patched({ fixedOne: one }, { op: 'replace', path: 'fixedOne.v', value: 'y' })).toThrow(
      refusal('mutability', 'fixedOne.v: immutable'),
    );
  });
});

describe('the values of a multi-valued attribute are told apart as its `value` is compared', () => {
  test.each([
    { name: 'counted', value: 5, same: 5 },
    { name: 'dated', value: '2026-01-01T00:00:00Z', same: '2026-01-01T01:00:00+01:00' },
    { name: 'several', value: 'Ada', same: 'aDA' },
  ])('$name', ({ name, value, same }) => {
    const current = { [name]: [{ value, imm: 'i', ro: 'server', secret: 's' }] };
    expect(put(current, { [name]: [{ value: same }] })()).toEqual({ [name]: [{ value: same, imm: 'i', ro: 'server', secret: 's' }] });
    expect(put(current, { [name]: [{ value: same, imm: 'j' }] })).toThrow(refusal('mutability', `${name}.imm: immutable`));
    expect(patched(current, { op: 'add', path: name, value: [{ value: same }] })()).toEqual(current);
    expect(patched(current, { op: 'add', path: name, value: [{ value: same, imm: 'j' }] })).toThrow(
      refusal('mutability', `${name}.imm: immutable`),
    );
    expect(patched(current, { op: 'remove', path: name, value: [{ value: same }] })()).toEqual({});
    expect(patched(current, { op: 'replace', path: name, value: [{ value: same }] })()).toEqual(
      put(current, { [name]: [{ value: same }] })(),
    );
  });

  test('a text by its letters, in one case or the other', () => {
    expect(patched({ words: ['A'] }, { op: 'add', path: 'words', value: ['a'] })()).toEqual({ words: ['A'] });
    expect(patched({ fixedWords: ['A'] }, { op: 'add', path: 'fixedWords', value: ['a'] })()).toEqual({ fixedWords: ['A'] });
    expect(patched({ fixedWords: ['A'] }, { op: 'add', path: 'fixedWords', value: ['b'] })).toThrow(
      refusal('mutability', 'fixedWords: immutable'),
    );
  });

  test('two that are alike each keep what is theirs', () => {
    const several = [
      { value: 'a', imm: '1', secret: '1' },
      { value: 'a', imm: '2', secret: '2' },
    ];
    expect(
      put(
        { several },
        {
          several: [
            { value: 'a', imm: '1' },
            { value: 'a', imm: '2' },
          ],
        },
      )(),
    ).toEqual({ several });
    expect(put({ several: [{ value: 'a', secret: '1' }] }, { several: [{ value: 'a' }, { value: 'a', v: 'new' }] })()).toEqual({
      several: [
        { value: 'a', secret: '1' },
        { value: 'a', v: 'new' },
      ],
    });
  });

  test('two that are alike but for their `type` each keep what is theirs, in any order and any case', () => {
    const several = [
      { value: 'a', type: 'work', secret: 'w' },
      { value: 'a', type: 'home', secret: 'h' },
      { value: 'b', type: 'home', secret: 'b' },
    ];
    const given = [
      { value: 'b', type: 'home' },
      { value: 'a', type: 'HOME' },
      { value: 'a', type: 'work' },
    ];
    expect(put({ several }, { several: given })()).toEqual({
      several: [
        { value: 'b', type: 'home', secret: 'b' },
        { value: 'a', type: 'HOME', secret: 'h' },
        { value: 'a', type: 'work', secret: 'w' },
      ],
    });
    expect(put({ several }, { several: [{ value: 'a', type: 'work' }] })()).toEqual({ several: [several[0]] });
    expect(put({ several }, { several: [{ value: 'a', type: 'other' }] })()).toEqual({
      several: [{ value: 'a', type: 'other', secret: 'w' }],
    });
  });

  test('one that is added without a `type` is the one that is there, and with another it is another', () => {
    const several = [{ value: 'a', type: 'work' }];
    expect(patched({ several }, { op: 'add', path: 'several', value: [{ value: 'a', v: 'x' }] })()).toEqual({
      several: [{ value: 'a', type: 'work', v: 'x' }],
    });
    expect(patched({ several }, { op: 'add', path: 'several', value: [{ value: 'a', type: 'home' }] })()).toEqual({
      several: [...several, { value: 'a', type: 'home' }],
    });
  });

  test('those without a `value` are the same where all of them is', () => {
    const several: JsonObject[] = [{ v: 'x', secret: 's' }, { v: 'y' }];
    expect(put({ several }, { several: [{ v: 'y', imm: 'i' }, { v: 'z' }] })()).toEqual({ several: [{ v: 'y', imm: 'i' }, { v: 'z' }] });
    const given = { v: 'y', imm: 'i', type: 'work' };
    const reversed = { type: 'work', imm: 'i', v: 'y' };
    expect(patched({ several: [given] }, { op: 'add', path: 'several', value: [reversed] })()).toEqual({ several: [given] });
  });

  test('those left out go, unless nothing of any of them is for the client to give', () => {
    expect(put({ several: [{ ro: 'server' }, { secret: 's' }] }, {})()).toEqual({ several: [{ ro: 'server' }, { secret: 's' }] });
    expect(put({ several: [{ ro: 'server' }, { value: 'a' }] }, {})()).toEqual({});
  });

  test('immutable ones are the same in any order, and not where one of them is another', () => {
    const fixedWords = ['a', 'B', 'c'];
    expect(put({ fixedWords }, { fixedWords: ['C', 'a', 'b'] })()).toEqual({ fixedWords });
    expect(put({ fixedWords }, { fixedWords: ['a', 'b', 'd'] })).toThrow(refusal('mutability', 'fixedWords: immutable'));
  });

  test('what one is given no value for is not taken from another', () => {
    const several: JsonObject[] = [
      { value: 'a', secret: 'sa' },
      { value: 'b', imm: 'i', secret: 'sb' },
    ];
    expect(put({ several }, { several: [{ value: 'a', secret: null, imm: null }, { value: 'b' }] })()).toEqual({
      several: [{ value: 'a' }, { value: 'b', imm: 'i', secret: 'sb' }],
    });
  });

  test('the immutable name of one is not changed by PATCH, and one that was removed may come again', () => {
    const several = [{ value: 'a', imm: 'i' }];
    expect(patched({ several }, { op: 'remove', path: 'several[value eq "a"].imm' })).toThrow(
      refusal('mutability', 'several[value eq "a"].imm: immutable'),
    );
    expect(
      patched(
        { several },
        { op: 'remove', path: 'several[value eq "a"]' },
        { op: 'add', path: 'several', value: { value: 'a', imm: 'j' } },
      )(),
    ).toEqual({
      several: [{ value: 'a', imm: 'j' }],
    });
  });
});

describe('primary (RFC 7643 section 2.4)', () => {
  test('a PUT that makes a new value primary takes it from the old one, whatever they share', () => {
    const several = [{ value: 'a', type: 'work', primary: true }];
    expect(put({ several }, { several: [...several, { value: 'a', type: 'home', primary: true }] })()).toEqual({
      several: [
        { value: 'a', type: 'work', primary: false },
        { value: 'a', type: 'home', primary: true },
      ],
    });
  });

  test.each([
    { kind: 'none of which was primary', before: [] },
    {
      kind: 'all of which were primary',
      before: [
        { value: 'a', primary: true },
        { value: 'b', primary: true },
      ],
    },
  ])('several, $kind, are refused', ({ before }) => {
    const body = {
      several: [
        { value: 'a', primary: true },
        { value: 'b', primary: true },
      ],
    };
    expect(put({ several: before }, body)).toThrow(refusal('invalidValue', 'several.primary: '));
  });
});
