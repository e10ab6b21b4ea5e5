import { types } from 'node:util';
import { isPrivate } from './masked.ts';

/** What may be said of an error in the log. */
export interface Failure {
  /** Its class, or the code that a service of AWS gave it. */
  readonly name: string;
  /** That of Node, such as `ECONNREFUSED`. */
  readonly code?: string;
  /** Where it came about, a frame a line. */
  readonly stack: string;
  /** What it came of, if that is an error. */
  readonly cause?: Failure;
  /** Those of an `AggregateError`. */
  readonly errors?: readonly Failure[];
}

/** How far behind an error others are named, how many side by side, and how many frames of the first and of those are shown. */
const MAX = { depth: 3, errors: 3, frames: 50, framesBehind: 10 };

/**
 * What an unexpected error was and where it came about, without its message and its other members. Most messages are not ours, and
 * may quote what a client sent: `JSON.parse` does, so does a TypeError that names a property, and DynamoDB where a value is not valid.
 * It never throws, whatever was thrown: the line of the request is still to be written.
 */
export const failureOf = (error: unknown): Failure => failureAt(error, 0);

function failureAt(error: unknown, depth: number): Failure {
  // Not `instanceof`: what another realm has thrown is an error all the same.
  if (!types.isNativeError(error)) return { name: classOf(error), stack: '' };
  const code = nameFit(read(error, 'code'));
  const frames = framesOf(textOf(read(error, 'stack')), textOf(read(error, 'message')));
  return {
    name: nameFit(read(error, 'name')) ?? classOf(error),
    ...(code && { code }),
    stack: frames.slice(0, depth === 0 ? MAX.frames : MAX.framesBehind).join('\n'),
    ...(depth < MAX.depth && behind(error, depth + 1)),
  };
}

/** Errors only: anything else that stands there may be of a client. */
function behind(error: Error, depth: number): Pick<Failure, 'cause' | 'errors'> {
  const cause = read(error, 'cause');
  const listed = read(error, 'errors');
  const errors = Array.from({ length: MAX.errors }, (_, i) => read(listed, i)).filter(types.isNativeError);
  return {
    ...(types.isNativeError(cause) && { cause: failureAt(cause, depth) }),
    ...(errors.length > 0 && { errors: errors.map((one) => failureAt(one, depth)) }),
  };
}

/** A member of what may be a proxy, or have a getter: either may throw. */
function read(thrown: unknown, member: string | number): unknown {
  try {
    return Object(thrown)[member];
  } catch {
    return undefined;
  }
}

/** What is no error has what members it likes: its class is code. */
function classOf(thrown: unknown): string {
  try {
    return nameFit(read(Object.getPrototypeOf(Object(thrown))?.constructor, 'name')) ?? 'Object';
  } catch {
    return 'Object';
  }
}

/** A service's answer, or what stands in its place, may name an error as it likes. */
const nameFit = (name: unknown): string | undefined =>
  typeof name === 'string' && /^[A-Za-z_$][\w$.#:-]{0,80}$/.test(name) && !isPrivate(name) ? name : undefined;

const textOf = (value: unknown): string => (typeof value === 'string' ? value : '');

/** `    at name (file:1:2)`, or without a name; `native` and `<anonymous>` have no place. */
const FRAME = /^ {4}at .{0,500}(?::\d{1,9}:\d{1,9}|native|<anonymous>)\)?$/;

/** The lines of a stack behind the message, which may have lines that look like these; it comes first. */
const framesOf = (stack: string, message: string): string[] =>
  stack
    .replace(message, '')
    .split('\n')
    .filter((line) => FRAME.test(line));
