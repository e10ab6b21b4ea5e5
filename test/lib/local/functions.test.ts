import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { type LambdaFunctions, startFunctions } from '../../../lib/local/functions.ts';
import type { Template } from '../../../lib/local/template.ts';
import { until } from '../../support/npm-start.ts';

/** A function of its own, in place of those of the stack: what is looked at is what Lambda does around it. */
const SOURCE = `
let events = 0;
export const handler = async ({ act }, context) => {
  events++;
  switch (act) {
    case 'count': return { events, left: context.getRemainingTimeInMillis() > 0, memory: process.env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE };
    case 'large': return { statusCode: 200, body: 'x'.repeat(6_291_556) };
    case 'wait': return new Promise(() => {});
    case 'exit': return process.exit(1);
    case 'throw': throw new TypeError('thrown');
    case 'log':
      console.info({ status: 200, nested: { a: 1 } });
      console.warn('text %s', 7);
      console.error('it failed', new TypeError('why'));
      console.log(Object.assign(new RangeError('two\\nlines'), { code: 'E1' }));
      console.debug({ a: 1n });
      process.stdout.write('{"as":"it is"}\\n');
      return null;
  }
};`;

const folder = mkdtempSync(join(tmpdir(), 'rollcall-functions-'));
writeFileSync(join(folder, 'index.mjs'), SOURCE);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const properties = { Handler: 'index.handler', Code: { S3Key: 'x' }, MemorySize: 128, Timeout: 5 };
const template = { outputs: {}, ofType: () => [{ logicalId: 'F', properties }], assetPath: () => folder } as unknown as Template;

let functions: LambdaFunctions;
let logged: string;
beforeEach(() => {
  logged = '';
  functions = startFunctions(template, {}, (text) => {
    logged += text;
  });
});
afterEach(async () => functions[Symbol.asyncDispose]());
const linesOf = (text: string): unknown[] =>
  text
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line));
const invoke = (act: string) => functions.invoke('F', { act });

describe('a function', () => {
  test('keeps its environment from one event to the next, and has one event at a time', async () => {
    await expect(invoke('count')).resolves.toEqual({ result: { events: 1, left: true, memory: '128' } });
    await expect(invoke('count')).resolves.toMatchObject({ result: { events: 2 } });
    const both = await Promise.all([invoke('count'), invoke('count')]);
    expect(both.map((outcome) => ('result' in outcome ? (outcome.result as { events: number }).events : 0)).sort()).toEqual([1, 3]);
  });

  test.each([
    { act: 'large', expected: { errorType: 'RangeError', errorMessage: expect.stringContaining('Response payload size') } },
    { act: 'throw', expected: { errorType: 'TypeError', errorMessage: 'thrown' } },
    { act: 'wait', expected: { errorType: 'Sandbox.Failed', errorMessage: 'Task timed out' } },
    { act: 'exit', expected: { errorType: 'Sandbox.Failed', errorMessage: 'the environment exited' } },
  ])('that does "$act" fails as Lambda says, and serves the next event', async ({ act, expected }) => {
    await expect(invoke(act)).resolves.toEqual(expected);
    await expect(invoke('count')).resolves.toMatchObject({ result: { left: true } });
  });

  test('logs lines of JSON, with what the console was given as the message', async () => {
    await invoke('log');
    await until(() => logged.split('\n').length > 6);
    const about = { timestamp: expect.any(String), requestId: expect.any(String) };
    const stackTrace = expect.arrayContaining([expect.stringMatching(/^ {4}at /)]);
    expect(linesOf(logged)).toEqual([
      { ...about, level: 'INFO', message: { status: 200, nested: { a: 1 } } },
      { ...about, level: 'WARN', message: 'text 7' },
      {
        ...about,
        level: 'ERROR',
        message: expect.stringMatching(/^it failed TypeError: why\n/),
        errorType: 'TypeError',
        errorMessage: 'why',
        stackTrace,
      },
      { ...about, level: 'INFO', message: { errorType: 'RangeError', errorMessage: 'two\nlines', stackTrace, code: 'E1' } },
      { ...about, level: 'DEBUG', message: '{ a: 1n }' },
      { as: 'it is' },
    ]);
  });

  test('that throws has that in its log, with the stack', async () => {
    await invoke('throw');
    await until(() => logged.includes('\n'));
    expect(linesOf(logged)).toMatchObject([
      { level: 'ERROR', message: { errorType: 'TypeError', errorMessage: 'thrown', stackTrace: expect.any(Array) } },
    ]);
  });
});
