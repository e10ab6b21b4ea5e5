import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, test } from '@jest/globals';
import { describeResourceType } from '../../lambdas/scim/schemas/discovery.ts';
import { distinct } from '../../lambdas/scim/schemas/distinct.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import { npmStart, type Started, temporaryFolder } from '../support/npm-start.ts';
import { seat } from '../support/seat.ts';
import { type Answer, type Step, valueAt, walked, walkOf } from '../support/walk.ts';

const read = (path: string) => readFileSync(new URL(`../../${path}`, import.meta.url), 'utf8');

const escaped = (text: string) => text.replace(/[$()*+.?[\\\]^{|}]/g, '\\$&');

/** A text in which `…` stands for any characters. */
const asExpected = (value: Step['values'][string]): unknown =>
  typeof value === 'string' && value.includes('…')
    ? expect.stringMatching(new RegExp(`^${value.split('…').map(escaped).join('.*')}$`))
    : value;

/** In a directory of its own each, as a first start makes it. */
describe.each(['docs/okta.md', 'docs/entra.md', 'docs/entitlements.md'])('%s', (page) => {
  const walk = walkOf(read(page));
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-walk-'));
  let stack: Started;
  let answers: Answer[];
  beforeAll(async () => {
    stack = await npmStart(temporaryFolder());
    writeFileSync(join(folder, 'ready.json'), stack.output());
    answers = await walked(walk, folder);
  }, 120_000);
  afterAll(async () => {
    rmSync(folder, { recursive: true });
    await stack?.[Symbol.asyncDispose]();
  });

  test('has something to try', () => expect(walk.steps.length).toBeGreaterThan(15));

  test.each(walk.steps.map((step, number) => ({ ...step, number })))('line $line: $said', ({ number, status, values }) => {
    const { body, ...answer } = answers[number] ?? { status: 0, body: undefined };
    const paths = Object.keys(values);
    expect({ ...answer, ...Object.fromEntries(paths.map((path) => [path, valueAt(body, path)])) }).toEqual({
      status,
      ...Object.fromEntries(paths.map((path) => [path, asExpected(values[path])])),
    });
  });
});

describe('the type of the example in docs/entitlements.md', () => {
  test('is defined as the page shows it', () => {
    const shown = [...read('docs/entitlements.md').matchAll(/^```ts\n(.*?)^```$/gms)].map(([, code]) => code);
    const [, own] = read('test/support/seat.ts').split('\n\nexport ');
    expect(shown.join()).toContain(own);
  });

  test('is found by Okta, is counted, and each user has one of it', () => {
    expect(describeResourceType(seat)).toMatchObject({ id: 'Seat', name: 'Seat', schema: 'urn:okta:scim:schemas:core:1.0:Entitlement' });
    expect(seat).toMatchObject({ counted: true, mostPerUser: 1 });
    expect(distinct([...resourceTypes, seat])).toContain(seat);
  });
});
