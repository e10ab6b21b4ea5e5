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

  test('names what it came of, without the message: errors only, three deep, and however they hang together', () => {
    const inner = Object.assign(new RangeError(POISON), { code: 'ECONNRESET' });
    const circular = new Error(POISON, { cause: new AggregateError([inner, POISON, { message: POISON }], POISON) });
    inner.cause = circular;
    const failure = failureOf(circular);
    expect(failure).toMatchObject({
      name: 'Error',
      cause: { name: 'AggregateError', errors: [{ name: 'RangeError', code: 'ECONNRESET', cause: { name: 'Error' } }] },
    });
    expect(failure.cause?.errors).toHaveLength(1);
    expect(failure.cause?.errors?.[0]?.cause).not.toHaveProperty('cause');
    expect(failure.cause?.errors?.[0]?.stack).toContain('failure.test.ts');
    expect(JSON.stringify(failure)).not.toContain('ada');
  });

  test('has fifty frames at most, and none of a line that is longer than one', () => {
    const deep = new Error(POISON);
    deep.stack = `Error: ${POISON}\n${'    at place (file:///x.mjs:1:2)\n'.repeat(100)}    at ${':1'.repeat(500_000)}`;
    expect(failureOf(deep).stack.split('\n')).toHaveLength(50);
  });

  const raging = {
    get: () => {
      throw new Error(POISON);
    },
    getPrototypeOf: () => {
      throw new Error(POISON);
    },
  };
  const { proxy: revoked, revoke } = Proxy.revocable({}, {});
  revoke();
  const guarded = (name: string) => Object.defineProperty(new RangeError(POISON), name, raging);
  test.each([
    { what: 'a proxy', thrown: new Proxy(new Error(POISON), raging), says: 'Object' },
    { what: 'a proxy that was revoked', thrown: revoked, says: 'Object' },
    { what: 'a class with a name of its own', thrown: new ({ [POISON]: class {} }[POISON] as new () => object)(), says: 'Object' },
    ...['name', 'code', 'message', 'stack', 'cause', 'errors'].map((name) => ({
      what: `an error whose ${name} throws`,
      thrown: guarded(name),
      says: 'RangeError',
    })),
    { what: 'an error whose message is no text', thrown: Object.assign(new Error('x'), { message: Object.create(null) }), says: 'Error' },
    { what: 'errors that are a proxy', thrown: Object.assign(new Error('x'), { errors: new Proxy([], raging) }), says: 'Error' },
  ])('is said of whatever was thrown: $what', ({ thrown, says }) => {
    expect(failureOf(thrown)).toMatchObject({ name: says });
    expect(JSON.stringify(failureOf(thrown))).not.toContain('ada');
  });
});
