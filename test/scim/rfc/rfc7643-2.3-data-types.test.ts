import { describe, expect, test } from '@jest/globals';
import {
  type Attribute,
  binary,
  boolean,
  complex,
  dateTime,
  decimal,
  integer,
  reference,
  string,
} from '../../../lambdas/scim/schemas/attribute.ts';
import { describeSchema } from '../../../lambdas/scim/schemas/discovery.ts';
import { resourceTypes } from '../../../lambdas/scim/schemas/registry.ts';
import { created } from '../../support/bodies.ts';
import { refusal, typeWith } from '../../support/rfc.ts';

interface Section {
  readonly title: string;
  readonly attribute: Attribute;
  /** What the error says of a value that is refused. */
  readonly expected: string;
  readonly accepts: readonly { readonly why: string; readonly value: unknown }[];
  readonly refuses: readonly { readonly why: string; readonly value: unknown }[];
}

const SECTIONS: readonly Section[] = [
  {
    title: '2.3.1, string: a sequence of zero or more Unicode characters',
    attribute: string('x', 'A text.'),
    expected: 'a string',
    accepts: [
      { why: 'ASCII', value: 'Barbara' },
      { why: 'any script', value: 'バーバラ' },
      { why: 'characters beyond the basic plane', value: '🧭' },
      { why: 'what JSON must escape', value: 'a"b\\c\nd' },
    ],
    refuses: [
      { why: 'half of a character', value: '\ud83e' },
      { why: 'a boolean', value: true },
      { why: 'an object', value: { text: 'x' } },
      { why: 'an array', value: ['x'] },
    ],
  },
  {
    title: '2.3.2, boolean: the literal "true" or "false"',
    attribute: boolean('x', 'A truth.'),
    expected: 'a boolean',
    accepts: [
      { why: 'true', value: true },
      { why: 'false', value: false },
    ],
    refuses: [
      { why: 'a number', value: 1 },
      { why: 'another word', value: 'yes' },
    ],
  },
  {
    title: '2.3.3, decimal: a real number',
    attribute: decimal('x', 'A number.'),
    expected: 'a number, 0 or of a size from 1e-100 to 9007199254740991',
    accepts: [
      { why: 'a fraction', value: 1.5 },
      { why: 'a negative one', value: -0.25 },
      { why: 'an exponent', value: 1.5e10 },
      { why: 'zero', value: 0 },
      { why: 'the largest that is kept as it was sent', value: 9_007_199_254_740_991 },
      { why: 'the smallest that is kept as it was sent', value: -1e-100 },
    ],
    refuses: [
      { why: 'one too large to be kept as it was sent', value: -9_007_199_254_740_992 },
      { why: 'one too small to be kept as it was sent', value: 9e-101 },
      { why: 'a string', value: '1.5' },
      { why: 'a boolean', value: true },
    ],
  },
  {
    title: '2.3.4, integer: a whole number with no fractional digits',
    attribute: integer('x', 'A number.'),
    expected: 'an integer',
    accepts: [
      { why: 'zero', value: 0 },
      { why: 'a negative one', value: -7 },
    ],
    refuses: [
      { why: 'a fraction', value: 1.5 },
      { why: 'a string', value: '7' },
    ],
  },
  {
    title: '2.3.5, dateTime: a valid xsd:dateTime with both a date and a time',
    attribute: dateTime('x', 'A moment.'),
    expected: 'a dateTime such as 2011-05-13T04:42:34Z',
    accepts: [
      { why: 'the example', value: '2008-01-23T04:56:22Z' },
      { why: 'a fraction of a second', value: '2011-08-01T21:32:44.882Z' },
      { why: 'an offset', value: '2008-01-23T04:56:22+01:00' },
      { why: 'a fraction of a second and an offset', value: '2011-08-01T21:32:44.882-07:00' },
      { why: 'no time zone, which xsd:dateTime allows', value: '2008-01-23T04:56:22' },
      { why: 'the leap day of a leap year', value: '2008-02-29T00:00:00Z' },
    ],
    refuses: [
      { why: 'a date alone', value: '2008-01-23' },
      { why: 'a time alone', value: '04:56:22Z' },
      { why: 'a space between date and time', value: '2008-01-23 04:56:22Z' },
      { why: 'a month that is none', value: '2008-13-23T04:56:22Z' },
      { why: 'a month before the first', value: '2008-00-23T04:56:22Z' },
      { why: 'a day that the month has not', value: '2008-02-30T04:56:22Z' },
      { why: 'a leap day of another year', value: '2009-02-29T04:56:22Z' },
      { why: 'a day before the first', value: '2008-01-00T04:56:22Z' },
      { why: 'an hour that is none', value: '2008-01-23T25:56:22Z' },
      { why: 'a minute that is none', value: '2008-01-23T04:60:22Z' },
      { why: 'a second that is none', value: '2008-01-23T04:56:61Z' },
      { why: 'a year of one digit', value: '8-01-23T04:56:22Z' },
      { why: 'a year of no digits', value: 'yyyy-01-23T04:56:22Z' },
      { why: 'a year before 0 in UTC', value: '0000-01-01T00:00:00+01:00' },
      { why: 'a year of five digits in UTC', value: '9999-12-31T23:59:59-01:00' },
      { why: 'anything before it', value: ' 2008-01-23T04:56:22Z' },
      { why: 'anything behind it', value: '2008-01-23T04:56:22Z ' },
      { why: 'anything behind an offset', value: '2008-01-23T04:56:22+01:00 ' },
      ...[...'2011-11-11T11:11:11Z'].flatMap((digit, i, { length }) =>
        /\d/.test(digit)
          ? [{ why: `a letter for the digit at ${i} of ${length}`, value: '2011-11-11T11:11:11Z'.split('').with(i, 'x').join('') }]
          : [],
      ),
      { why: 'seconds since 1970', value: 1_201_064_182 },
      { why: 'an array', value: ['2008-01-23T04:56:22Z'] },
    ],
  },
  {
    title: '2.3.6, binary: base64 encoded',
    attribute: binary('x', 'Bytes.'),
    expected: 'a string in base64',
    accepts: [
      { why: 'base64 of RFC 4648 section 4', value: 'Pj4/Pz8+' },
      { why: 'the URL-safe alphabet of RFC 4648 section 5', value: 'Pj4_Pz8-' },
      { why: 'padding', value: 'TWE=' },
      { why: 'padding omitted', value: 'TWE' },
    ],
    refuses: [
      { why: 'characters of no alphabet', value: '%%%%' },
      { why: 'white space', value: 'TW Fu' },
      { why: 'a length that no bytes encode to', value: 'TWFuT' },
      { why: 'padding that is not complete', value: 'TQ=' },
      { why: 'a number', value: 7 },
    ],
  },
  {
    title: '2.3.7, reference: an absolute or relative URI',
    attribute: reference('x', 'A link.', { referenceTypes: ['User'] }),
    expected: 'a string that holds a URI',
    accepts: [
      { why: 'an absolute URI', value: 'https://example.com/v2/Users/2819c223-7f76-453a-919d-413861904646' },
      { why: 'a relative URI', value: 'Users/2819c223-7f76-453a-919d-413861904646' },
      { why: 'an identifier such as a URN', value: 'urn:ietf:params:scim:schemas:core:2.0:User' },
    ],
    refuses: [
      { why: 'an object', value: { href: 'https://example.com' } },
      { why: 'a boolean', value: true },
    ],
  },
  {
    title: '2.3.8, complex: a composition of one or more simple attributes',
    attribute: complex('x', 'Two texts.', [string('a', 'A text.'), string('b', 'A text.')]),
    expected: 'an object',
    accepts: [
      { why: 'an object', value: { a: '1', b: '2' } },
      { why: 'its attributes in any order, as order is not significant', value: { b: '2', a: '1' } },
    ],
    refuses: [
      { why: 'a number', value: 7 },
      { why: 'a list of several', value: [{ a: '1' }, { a: '2' }] },
    ],
  },
];

describe.each(SECTIONS)('RFC 7643 section $title', ({ attribute, expected, accepts, refuses }) => {
  const type = typeWith(attribute);

  test.each(accepts)('accepts $why', ({ value }) => {
    expect(created(type, { x: value })).toEqual({ x: value });
  });

  test.each(refuses)('refuses $why', ({ value }) => {
    expect(() => created(type, { x: value })).toThrow(refusal('invalidValue', `x: expected ${expected}`));
  });
});

describe('RFC 7643 section 2.3, attribute data types', () => {
  const described = (attribute: Attribute) =>
    describeSchema({ id: 'urn:x', name: 'X', description: 'X', attributes: [attribute] }).attributes[0];

  test.each([
    { says: 'a boolean has no case sensitivity or uniqueness', attribute: boolean('x', 'X.'), has: [] },
    { says: 'a decimal has no case sensitivity', attribute: decimal('x', 'X.'), has: ['uniqueness'] },
    { says: 'an integer has no case sensitivity', attribute: integer('x', 'X.'), has: ['uniqueness'] },
    { says: 'a date time has no case sensitivity or uniqueness', attribute: dateTime('x', 'X.'), has: [] },
    { says: 'a complex attribute has no uniqueness or case sensitivity', attribute: complex('x', 'X.', []), has: [] },
  ])('$says', ({ attribute, has }) => {
    const shown = Object.keys(described(attribute) ?? {});
    expect(shown.filter((name) => name === 'caseExact' || name === 'uniqueness')).toEqual(has);
  });

  test.each([
    { says: 'a binary is case exact', attribute: binary('x', 'X.') },
    { says: 'a reference is case exact', attribute: reference('x', 'X.') },
  ])('$says', ({ attribute }) => {
    expect(attribute.caseExact).toBe(true);
  });

  test('a reference has "referenceTypes" that indicate what may be linked', () => {
    const all = resourceTypes.flatMap(({ attributes }) => attributes).flatMap((one) => [one, ...(one.subAttributes ?? [])]);
    const references = all.filter(({ type }) => type === 'reference');
    expect(references.map(({ name }) => name)).toContain('profileUrl');
    for (const { name, referenceTypes } of references)
      expect({ name, referenceTypes }).toEqual({ name, referenceTypes: expect.any(Array) });
  });

  test('a complex attribute MUST NOT contain sub-attributes that have sub-attributes', () => {
    const schemas = resourceTypes.flatMap(({ schema, extensions }) => [schema, ...extensions.map((extension) => extension.schema)]);
    const complexes = schemas.flatMap(({ attributes }) => attributes).filter(({ type }) => type === 'complex');
    expect(complexes.map(({ name }) => name)).toContain('manager');
    expect(complexes.flatMap(({ subAttributes = [] }) => subAttributes).filter(({ type }) => type === 'complex')).toEqual([]);
  });
});
