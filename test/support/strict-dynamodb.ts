import { types } from 'node:util';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import { type Args, type Input, itemName, occupied, RULES, withBody } from './dynamodb-rules.ts';

/*
 * DynamoDB Local never reports a conflict, takes transactions over 4 MB and never fails. This middleware of the client, below
 * the SDK's own retries, is as strict as DynamoDB: it keeps the set of items that are part of a transaction in flight, and
 * refuses what meets one. It also counts what is sent, and lets a test disturb it.
 */

/** One request on its way, an attempt of the SDK's; `n` counts from 1 from when the disturbance began. */
export interface SentRequest {
  readonly n: number;
  /** Such as `TransactWriteItems`. */
  readonly command: string;
  readonly input: Input;
}

/** What befalls a request: `pass` sends it, and gives its answer. */
export type Disturbance = (request: SentRequest, pass: () => Promise<object>) => Promise<object>;

/** How many requests something sent, and how many of them had to wait for an earlier one to be answered: its round trips. */
export interface Measured {
  readonly requests: number;
  readonly depth: number;
}

export interface Strict {
  measure(act: () => Promise<unknown>): Promise<Measured>;
  /** What is sent while something is done. */
  sentBy(act: () => Promise<unknown>): Promise<SentRequest[]>;
  /** Until it is disposed of. */
  disturb(disturbance: Disturbance): Disposable;
  /** As if somebody else's transaction were at some items, until it is disposed of. */
  occupy(table: string, keys: readonly { readonly pk: string; readonly sk: string }[]): Disposable;
}

type Next = (args: Args) => Promise<{ output: object }>;

/** Node's own errors are not of Jest's realm: to the SDK they are none, and it puts others in their place that tell nothing. */
function ofThisRealm(error: unknown): unknown {
  if (error instanceof Error || !types.isNativeError(error)) return error;
  const { name, message, stack } = error;
  return Object.assign(new Error(message), { ...error, name, stack });
}

export function makeStrict(client: DynamoDBDocumentClient): Strict {
  const meters = new Set<{ begin(): () => void }>();
  const disturbances = new Set<(request: Omit<SentRequest, 'n'>, pass: () => Promise<object>) => Promise<object>>();
  const middleware =
    (next: Next, { commandName = '' }: { commandName?: string }) =>
    async (args: Args) => {
      const ends = [...meters].map((meter) => meter.begin());
      const command = commandName.replace(/Command$/, '');
      const rule = RULES[command];
      if (!rule) throw new Error(`strict-dynamodb does not know what DynamoDB says to ${command}`);
      const pass = async () => (await rule(args, (body) => next(body ? { ...args, request: withBody(args.request, body) } : args))).output;
      // The newest sees everything first: what it records, an older one may refuse.
      const disturbed = [...disturbances].reduce<() => Promise<object>>(
        (inner, one) => () => one({ command, input: args.input }, inner),
        pass,
      );
      try {
        return { output: await disturbed() };
      } catch (error) {
        throw ofThisRealm(error);
      } finally {
        for (const end of ends) end();
      }
    };
  // The SDK's own type knows no middleware that looks at every command alike.
  const options = { name: 'strict', relation: 'after', toMiddleware: 'retryMiddleware' } as const;
  client.middlewareStack.addRelativeTo(middleware as unknown as Parameters<typeof client.middlewareStack.addRelativeTo>[0], options);
  const disturb = (disturbance: Disturbance): Disposable => {
    let n = 0;
    const numbered = (request: Omit<SentRequest, 'n'>, pass: () => Promise<object>) => disturbance({ n: ++n, ...request }, pass);
    disturbances.add(numbered);
    return { [Symbol.dispose]: () => void disturbances.delete(numbered) };
  };
  return {
    async measure(act) {
      let requests = 0;
      let depth = 0;
      let answered = 0;
      const meter = {
        begin() {
          requests++;
          const mine = answered + 1;
          depth = Math.max(depth, mine);
          return () => {
            answered = Math.max(answered, mine);
          };
        },
      };
      meters.add(meter);
      await act().finally(() => meters.delete(meter));
      return { requests, depth };
    },
    disturb,
    async sentBy(act) {
      const sent: SentRequest[] = [];
      using _ = disturb((request, pass) => {
        sent.push(request);
        return pass();
      });
      await act();
      return sent;
    },
    occupy(table, keys) {
      const names = keys.map(({ pk, sk }) => itemName(table, { pk: { S: pk }, sk: { S: sk } }));
      for (const name of names) occupied.add(name);
      return {
        [Symbol.dispose]() {
          for (const name of names) occupied.delete(name);
        },
      };
    },
  };
}
