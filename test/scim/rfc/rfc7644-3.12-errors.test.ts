import { describe, expect, test } from '@jest/globals';
import * as errors from '../../../lambdas/scim/errors.ts';

/** What every function that makes an error makes. */
const made = Object.values<unknown>({ ...errors })
  .filter((make): make is (detail: string) => unknown => typeof make === 'function')
  .filter((make) => ![errors.ScimError, errors.toErrorBody].some((other) => other === (make as unknown)))
  .map((make) => make('x'))
  .filter((error) => error instanceof errors.ScimError);

describe('RFC 7644 section 3.12, error responses', () => {
  test('the example of an error in response to a non-existent GET request', () => {
    expect(errors.toErrorBody(errors.notFound('2819c223-7f76-453a-919d-413861904646'))).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      detail: 'Resource 2819c223-7f76-453a-919d-413861904646 not found',
      status: '404',
    });
  });

  test('the example of an error in response to a PUT request', () => {
    expect(errors.toErrorBody(errors.mutability("Attribute 'id' is readOnly"))).toEqual({
      schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
      scimType: 'mutability',
      detail: "Attribute 'id' is readOnly",
      status: '400',
    });
  });

  test('status: the HTTP status code expressed as a JSON string, REQUIRED', () => {
    expect(made.map((error) => errors.toErrorBody(error).status)).toEqual(made.map(({ status }) => String(status)));
    for (const { status } of made) expect(String(status)).toMatch(/^[45]\d\d$/);
  });

  test('scimType: OPTIONAL, and absent where there is none', () => {
    expect(errors.toErrorBody(errors.forbidden('no'))).not.toHaveProperty('scimType');
  });

  test('detail: a human-readable message', () => {
    for (const error of made) expect(errors.toErrorBody(error).detail).toMatch(/\S/);
  });
});

describe('RFC 7644 section 3.12, table 8', () => {
  test.each([
    { says: '403: operation is not permitted based on the supplied authorization', error: errors.forbidden('x'), status: 403 },
    { says: '404: specified resource does not exist', error: errors.notFound('x'), status: 404 },
    { says: '409: refused to create a new, duplicate resource', error: errors.uniqueness('userName'), status: 409 },
    { says: '412: failed to update, resource has changed on the server', error: errors.preconditionFailed('x'), status: 412 },
  ])('$says', ({ error, status }) => {
    expect(error).toMatchObject({ status });
  });
});

describe('an error that passes by itself', () => {
  test.each([
    { status: 429, error: errors.throttled(), retryAfter: errors.RETRY_AFTER_SECONDS },
    { status: 429, error: errors.throttled(60), retryAfter: 60 },
    { status: 503, error: errors.unavailable(), retryAfter: errors.RETRY_AFTER_SECONDS },
    { status: 503, error: errors.unavailable(60), retryAfter: 60 },
  ])('$status says after how many seconds: $retryAfter', ({ status, error, retryAfter }) => {
    expect(error).toMatchObject({ name: 'ScimError', status, retryAfter, scimType: undefined });
  });
});

describe('RFC 7644 section 3.12, table 9', () => {
  test.each([
    { scimType: 'invalidFilter', status: 400 },
    { scimType: 'tooMany', status: 400 },
    // Section 3.3 makes this one a 409.
    { scimType: 'uniqueness', status: 409 },
    { scimType: 'mutability', status: 400 },
    { scimType: 'invalidSyntax', status: 400 },
    { scimType: 'invalidPath', status: 400 },
    { scimType: 'noTarget', status: 400 },
    { scimType: 'invalidValue', status: 400 },
    { scimType: 'invalidVers', status: 400 },
    { scimType: 'sensitive', status: 400 },
  ])('$scimType is made in one way, with status $status', ({ scimType, status }) => {
    expect(made.filter((error) => error.scimType === scimType).map((error) => error.status)).toEqual([status]);
  });

  test('no error has another keyword', () => {
    const known = 'invalidFilter tooMany uniqueness mutability invalidSyntax invalidPath noTarget invalidValue invalidVers sensitive'.split(
      ' ',
    );
    expect(made.flatMap(({ scimType }) => scimType ?? []).filter((scimType) => !known.includes(scimType))).toEqual([]);
  });
});
