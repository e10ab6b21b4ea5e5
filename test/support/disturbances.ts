import { TransactionCanceledException } from '@aws-sdk/client-dynamodb';
import { serviceError } from './dynamodb-rules.ts';
import type { Disturbance, SentRequest } from './strict-dynamodb.ts';

export type Matches = (request: SentRequest) => boolean;

export const isWrite: Matches = ({ command }) => /^(Put|Update|Delete|TransactWrite|BatchExecute)/.test(command);

/** So many of those that match, from the first on. */
export function upTo(times: number, matches: Matches): Matches {
  let seen = 0;
  return (request) => matches(request) && ++seen <= times;
}

/** Of those that match, the n-th. */
export function nth(n: number, matches: Matches): Matches {
  let seen = 0;
  return (request) => matches(request) && ++seen === n;
}

/** The first of those that match. */
export const first = (matches: Matches): Matches => upTo(1, matches);

/** As where the sender's connection ends: nobody knows whether the request has been done. */
const lost = () => Object.assign(new Error('socket hang up'), { code: 'ECONNRESET' });

/** The request is done, and its answer never arrives. */
export const loseAnswer =
  (matches: Matches): Disturbance =>
  async (request, pass) => {
    const output = await pass();
    if (!matches(request)) return output;
    throw lost();
  };

const refused =
  (code: string, plain: string): ((matches: Matches) => Disturbance) =>
  (matches) =>
  async (request, pass) => {
    if (!matches(request)) return pass();
    if (request.command !== 'TransactWriteItems') throw serviceError(plain, 'refused by a disturbance');
    throw new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: { httpStatusCode: 400 },
      CancellationReasons: (request.input.TransactItems ?? []).map((_, i) => ({ Code: i === 0 ? code : 'None' })),
    });
  };

/** The request is refused as too fast. */
export const throttle = refused('ThrottlingError', 'ProvisionedThroughputExceededException');

/** The request is refused since somebody else's transaction is at its item. */
export const conflict = refused('TransactionConflict', 'TransactionConflictException');

/** The request is sent when something else has happened. */
export const hold =
  (matches: Matches, until: () => Promise<unknown>): Disturbance =>
  async (request, pass) => {
    if (matches(request)) await until();
    return pass();
  };

/** A request that is kept back, and lands when the test says so. */
export interface KeptBack {
  readonly disturbance: Disturbance;
  /** Lets what is kept back land, and tells how many requests that was. */
  land(): Promise<number>;
}

/**
 * The request is lost to its sender, and lands at any later time. Where the sender dies with it, nothing that it would send from then on
 * is sent.
 */
export function landsLater(matches: Matches, { dies = false } = {}): KeptBack {
  const kept: (() => Promise<object>)[] = [];
  return {
    async disturbance(request, pass) {
      const isKept = matches(request);
      if (isKept) kept.push(pass);
      if (dies && kept.length > 0) throw new Error('the process died');
      if (isKept) throw lost();
      return pass();
    },
    async land() {
      const landing = kept.splice(0);
      await Promise.allSettled(landing.map((pass) => pass()));
      return landing.length;
    },
  };
}

/** The request does not reach DynamoDB, as where the time of its sender has ended. */
export const cutOff =
  (matches: Matches): Disturbance =>
  async (request, pass) => {
    if (matches(request)) throw Object.assign(new Error('no time'), { name: 'AbortError' });
    return pass();
  };

/** What is done once, and waited for by all who ask for it. */
export function once<T>(act: () => Promise<T>): () => Promise<T> {
  let doing: Promise<T> | undefined;
  return () => {
    doing ??= act();
    return doing;
  };
}

/**
 * The request reaches DynamoDB twice, one after the other or both at once, as where something on the way repeats it; one of the
 * two answers arrives, whatever the other was.
 */
export const duplicate =
  (matches: Matches, { answer = 'first', atOnce = false }: { answer?: 'first' | 'second'; atOnce?: boolean } = {}): Disturbance =>
  async (request, pass) => {
    if (!matches(request)) return pass();
    const first = pass();
    if (!atOnce) await Promise.allSettled([first]);
    const second = pass();
    await Promise.allSettled([first, second]);
    return answer === 'first' ? first : second;
  };
