import { describe, expect, test } from '@jest/globals';
import { failureOf } from '../../lambdas/log/failure.ts';

const POISON = 'ada@example.com';

/** What an act throws. */
function thrownBy(act: () => unknown): unknown {
  try {
    act();
  } catch (error) {
    return error;
  }
  throw new Error('it throws nothing');
}

const changed = new Error(POISON);
changed.message = `${POISON} and more`;

describe('what is said of an unexpected error', () => {
  test.each([
    { name: 'a message that quotes', error: new RangeError(POISON), says: 'RangeError' },
    { name: 'one of several lines', error: new Error(`first\n${POISON}\n    at ${POISON} (file:///x.mjs:1:2)\n`), says: 'Error' },
    { name: 'one that was changed', error: changed, says: 'Error' },
    { name: 'JSON.parse', error: thrownBy(() => JSON.parse(`{"userName":${POISON}`)), says: 'SyntaxError' },
    { name: 'a property that is not there', error: thrownBy(() => Object(undefined)[POISON].value), says: 'TypeError' },
    { name: 'other members', error: Object.assign(new Error('x'), { value: POISON, cause: POISON, code: POISON }), says: 'Error' },
    { name: 'a name', error: Object.assign(new Error('x'), { name: `${POISON} x` }), says: 'Error' },
  ])('is its class and where it came about, not $name', ({ error, says }) => {
    const failure = failureOf(error);
    expect(failure).toEqual({ name: says, stack: expect.stringMatching(/^( {4}at .*(:\d+:\d+\)?|<anonymous>\))\n?)+$/) });
    expect(failure.stack).toContain('failure.test.ts');
    expect(JSON.stringify(failure)).not.toContain('ada');
  });

  test.each([
    { name: 'a text', thrown: POISON, says: 'String' },
    { name: 'nothing', thrown: undefined, says: 'Object' },
    { name: 'an object', thrown: { name: POISON, message: POISON, stack: POISON, constructor: { name: POISON } }, says: 'Object' },
    { name: 'one without a prototype', thrown: Object.assign(Object.create(null), { name: POISON }), says: 'Object' },
    { name: "the platform's own", thrown: new DOMException(POISON, 'TimeoutError'), says: 'TimeoutError' },
  ])('is its class where it is no error: $name', ({ thrown, says }) => {
    expect(failureOf(thrown)).toMatchObject({ name: says });
    expect(JSON.stringify(failureOf(thrown))).not.toContain('ada');
  });

  test('names the code of a service, and that of Node', () => {
    const error = Object.assign(new Error(POISON), { name: 'com.amazon#AccessDeniedException', code: 'ECONNREFUSED' });
    expect(failureOf(error)).toMatchObject({ name: 'com.amazon#AccessDeniedException', code: 'ECONNREFUSED' });
  });
});
