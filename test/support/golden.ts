import { readFileSync } from 'node:fs';
import { expect } from '@jest/globals';
import type { JsonValue } from '../../lambdas/scim/json.ts';
import type { TestDirectory } from './directories.ts';
import type { Sent } from './log-search.ts';
import { filled } from './placeholders.ts';

/**
 * One exchange. `{{name}}` stands for a value that an earlier answer gave, `{{n}}` for the number of a repetition; `baseUrl`,
 * `token` and `basic` (the whole header) are given. What stands for many values, and for arrays whose order depends on the ids in
 * them, is in placeholders.ts: `{"forEach": "ids", "element": {"value": "{{each}}"}}` and `{"sortedBy": "value", "elements": […]}`.
 */
export interface Step {
  readonly name: string;
  readonly request: {
    readonly method: string;
    /** Below the base URL. */
    readonly path: string;
    /** Whose token it is, where it is not the identity provider's. */
    readonly as?: 'application';
    /** The whole header instead of `Bearer` and the token. */
    readonly authorization?: string;
    readonly headers?: Readonly<Record<string, string>>;
    readonly body?: object;
    /** The body of an earlier answer, with changes laid over. */
    readonly bodyOf?: string;
    readonly overlay?: object;
    /** How often the request is sent, from 1 to this. */
    readonly times?: number;
  };
  readonly expect: {
    readonly status: number;
    /** Header by name; the value is a regular expression, or null where the answer must not have it. */
    readonly headers?: Readonly<Record<string, string | null>>;
    /** What the body must hold; arrays as a whole. */
    readonly body?: object;
    /** What the body must be, with nothing beside it. */
    readonly whole?: object;
    /** Attributes that the body must not have. */
    readonly absent?: readonly string[];
    /** Texts that must be somewhere in the body. */
    readonly somewhere?: readonly string[];
    /** Texts that must be nowhere in the answer. */
    readonly never?: readonly string[];
    /** How many different values of an attribute all pages so far hold, and that none came twice. */
    readonly gathered?: { readonly attribute: string; readonly count: number };
  };
  /** Names for what later steps use: `body` is the whole answer, anything else an attribute of it, such as `meta.version`. */
  readonly save?: Readonly<Record<string, string>>;
  /** The same for lists: what each answer gives is added to the list of that name. */
  readonly collect?: Readonly<Record<string, string>>;
}

interface Sequence {
  readonly name: string;
  readonly steps: readonly Step[];
}

export const readSequence = (file: URL): Sequence => JSON.parse(readFileSync(file, 'utf8')) as Sequence;

/** What identity providers' clients send beside; Okta's has been seen to send just this. */
export const CLIENT = { Accept: 'application/scim+json', 'Accept-Charset': 'utf-8', 'User-Agent': 'Okta SCIM Client 1.0.0' };

interface Memory {
  readonly values: Map<string, unknown>;
  readonly gathered: unknown[];
  readonly played: Exchanged[];
}

/** What was sent, and under which id a function has answered it; none where API Gateway did so itself. */
export interface Exchanged {
  readonly sent: Sent;
  readonly requestId: string | null;
}

/** Plays the steps in their order, and fails with the name of the first that is answered otherwise. */
export async function play(steps: readonly Step[], target: TestDirectory): Promise<readonly Exchanged[]> {
  const { baseUrl, directory, token } = target;
  const basic = `Basic ${Buffer.from(`${directory}:${token}`).toString('base64')}`;
  const memory: Memory = { values: new Map<string, unknown>(Object.entries({ baseUrl, token, basic })), gathered: [], played: [] };
  for (const step of steps) {
    for (let n = 1; n <= (step.request.times ?? 1); n++) {
      memory.values.set('n', n);
      await exchange(filled(step as unknown as JsonValue, memory.values) as unknown as Step, target, memory);
    }
  }
  return memory.played;
}

async function exchange(step: Step, { baseUrl, token, applicationToken }: TestDirectory, memory: Memory): Promise<void> {
  const { method, path, as, authorization = `Bearer ${as === 'application' ? applicationToken : token}`, headers } = step.request;
  const body = bodyOf(step, memory);
  const sent: Sent = {
    path,
    headers: {
      ...CLIENT,
      Authorization: authorization,
      ...(body !== undefined && { 'Content-Type': 'application/scim+json; charset=utf-8' }),
      ...headers,
    },
    ...(body !== undefined && { body: JSON.stringify(body) }),
  };
  const response = await fetch(baseUrl + path, { method, headers: sent.headers, ...(sent.body !== undefined && { body: sent.body }) });
  memory.played.push({ sent, requestId: response.headers.get('x-request-id') });
  const text = await response.text();
  const answer = text === '' ? undefined : JSON.parse(text);
  const { status, whole, absent = [], somewhere = [], never = [], gathered } = step.expect;

  // The name of the step is part of what is compared, so that a failure says where it is.
  expect({ step: step.name, status: response.status, body: answer }).toMatchObject({
    step: step.name,
    status,
    ...(step.expect.body && { body: step.expect.body }),
  });
  if (whole) expect({ step: step.name, body: answer }).toEqual({ step: step.name, body: whole });
  if (text !== '') expect(response.headers.get('content-type')).toBe('application/scim+json');
  for (const [name, pattern] of Object.entries(step.expect.headers ?? {}))
    expect([name, response.headers.get(name)]).toEqual([name, pattern === null ? null : expect.stringMatching(pattern)]);
  for (const name of absent) expect(answer).not.toHaveProperty([name]);
  for (const one of somewhere) expect(text).toContain(one);
  for (const secret of never) expect(text + JSON.stringify([...response.headers])).not.toContain(secret);

  remember(step, answer, memory);
  if (gathered) {
    memory.gathered.push(...answer.Resources.map((resource: Record<string, unknown>) => resource[gathered.attribute]));
    expect(memory.gathered).toHaveLength(gathered.count);
    expect(new Set(memory.gathered).size).toBe(gathered.count);
  }
}

function bodyOf({ request: { body, bodyOf: earlier, overlay } }: Step, { values }: Memory): object | undefined {
  return earlier === undefined ? body : { ...(values.get(earlier) as object), ...overlay };
}

function remember({ save = {}, collect = {} }: Step, answer: unknown, { values }: Memory) {
  for (const [name, path] of Object.entries(save)) values.set(name, valueAt(answer, path));
  for (const [name, path] of Object.entries(collect)) {
    const list = (values.get(name) ?? []) as readonly unknown[];
    values.set(name, [...list, valueAt(answer, path)]);
  }
}

const valueAt = (answer: unknown, path: string): unknown =>
  path === 'body' ? answer : path.split('.').reduce((value, name) => (value as Record<string, unknown>)[name], answer);
