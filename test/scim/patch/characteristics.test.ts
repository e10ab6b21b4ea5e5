import { expect, test } from '@jest/globals';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import { patch } from '../../../lambdas/scim/patch/patch.ts';
import { refusal } from '../../support/rfc.ts';
import { vendorType as type, VENDOR_URN as URN } from '../../support/vendor-type.ts';

/*
 * PATCH of what a vendor may declare and no user or group has.
 */

const old = { a: '1', fixed: '2', own: '3', secret: '4' };
const thing: JsonObject = {
  bare: old,
  led: { value: 'v', ...old },
  labels: [{ type: 't', display: 'd' }],
  kept: [{ value: 'k' }],
  [URN]: { ...old, x: '5', y: '6', things: [{ value: 'p', primary: true }, { value: 'q' }] },
};
const apply = (...operations: readonly Operation[]) => patch(type, thing, operations).resource;

test.each<[string, Operation]>([
  ['in an array', { op: 'replace', path: 'bare', value: [{ a: '9', fixed: 'changed' }] }],
  ['in an array that tells which by a value', { op: 'replace', path: 'led', value: [{ value: 'w', fixed: 'changed' }] }],
  ['of an extension in an array', { op: 'replace', path: URN, value: [{ fixed: 'changed' }] }],
])('what is immutable is so: %s', (_, operation) => {
  expect(() => apply(operation)).toThrow(refusal('mutability', 'fixed: immutable'));
});

test('what the client cannot give stays, in a value that takes the place of another one too', () => {
  expect(apply({ op: 'replace', path: 'bare', value: [{ a: '9', own: 'x' }] }).bare).toEqual({ ...old, a: '9' });
  expect(apply({ op: 'replace', path: 'led', value: 'w' }).led).toEqual({ value: 'w', fixed: '2', own: '3', secret: '4' });
  expect(apply({ op: 'replace', path: URN, value: [{ a: '9' }] })[URN]).toEqual({ ...(thing[URN] as JsonObject), a: '9' });
});

test.each<[string, Operation]>([
  ['as a path', { op: 'add', path: URN, value: { things: [{ value: 'q', primary: true }] } }],
  ['as a key', { op: 'add', value: { [URN]: { things: [{ value: 'q', primary: true }] } } }],
  ['before an attribute', { op: 'add', path: `${URN}:things`, value: [{ value: 'q', primary: true }] }],
  ['in an array', { op: 'add', path: URN, value: [{ things: [{ value: 'q', primary: true }] }] }],
])('what becomes primary takes that from what was, with the URN of the extension %s', (_, operation) => {
  expect((apply(operation)[URN] as JsonObject).things).toEqual([
    { value: 'p', primary: false },
    { value: 'q', primary: true },
  ]);
});

test('an extension in which several attributes are required is made by one operation, whatever their order', () => {
  const { [URN]: _, ...without } = thing;
  for (const [first, second] of [
    ['x', 'y'],
    ['y', 'x'],
  ]) {
    const one = { op: 'replace', value: { [`${URN}:${first}`]: '1', [`${URN}:${second}`]: '2' } };
    expect(patch(type, without, [one]).resource[URN]).toEqual({ [first as string]: '1', [second as string]: '2' });
  }
  expect(() => patch(type, without, [{ op: 'add', path: `${URN}:x`, value: '1' }])).toThrow(refusal('invalidValue', `${URN}:y: required`));
});

test('a value loses its labels with its content, and not one label with another', () => {
  expect(apply({ op: 'remove', path: 'labels[type eq "t"].display' }).labels).toBeUndefined();
  expect(apply({ op: 'remove', path: 'labels[type eq "t"].type' }).labels).toEqual([{ display: 'd' }]);
});

test('what is discarded is not kept in a value, and not found by later operations', () => {
  const [add, find] = [
    { op: 'add', path: 'kept', value: [{ value: 'm', dropped: 'x' }] },
    { op: 'remove', path: 'kept[dropped eq "x"]' },
  ];
  expect(apply(add).kept).toEqual([{ value: 'k' }, { value: 'm' }]);
  expect(apply(add, find).kept).toEqual([{ value: 'k' }, { value: 'm' }]);
});

test('values of a sub-attribute are added to it, in each value that a filter matches', () => {
  const path = `${URN}:things[value pr].tags`;
  const twice = apply({ op: 'add', path, value: ['a', 'A'] }, { op: 'add', path, value: 'b' });
  expect((twice[URN] as JsonObject).things).toEqual([
    { value: 'p', primary: true, tags: ['a', 'b'] },
    { value: 'q', tags: ['a', 'b'] },
  ]);
});
