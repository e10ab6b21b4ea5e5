import { types } from 'node:util';

/** What may be said of an error in the log. */
export interface Failure {
  /** Its class, or the code that a service of AWS gave it. */
  readonly name: string;
  /** That of Node, such as `ECONNREFUSED`. */
  readonly code?: string;
  /** Where it came about, a frame a line. */
  readonly stack: string;
}

/**
 * What an unexpected error was and where it came about, without its message and its other members. Most messages are not ours, and
 * may quote what a client sent: `JSON.parse` does, so does a TypeError that names a property, and DynamoDB where a value is not valid.
 */
export function failureOf(error: unknown): Failure {
  // Not `instanceof`: what another realm has thrown is an error all the same.
  if (!types.isNativeError(error)) return { name: classOf(error), stack: '' };
  const { name, code, message, stack } = error as NodeJS.ErrnoException;
  return {
    name: nameFit(name) ?? classOf(error),
    ...(nameFit(code) && { code: nameFit(code) }),
    stack: framesOf(String(stack ?? ''), String(message)),
  };
}

/** What is no error has what members it likes: its class is code. */
const classOf = (thrown: unknown): string => String(Object.getPrototypeOf(Object(thrown))?.constructor?.name ?? 'Object');

const nameFit = (name: unknown): string | undefined =>
  typeof name === 'string' && /^[A-Za-z_$][\w$.#:-]{0,80}$/.test(name) ? name : undefined;

/** `    at name (file:1:2)`, or without a name; `native` and `<anonymous>` have no place. */
const FRAME = /^ {4}at .*(?::\d+:\d+|native|<anonymous>)\)?$/;

/** The lines of a stack behind the message, which may have lines that look like these; it comes first. */
const framesOf = (stack: string, message: string): string =>
  stack
    .replace(message, '')
    .split('\n')
    .filter((line) => FRAME.test(line))
    .join('\n');
