import {
  type AttributeValue,
  type BatchStatementResponse,
  DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';

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
  /** Until it is disposed of. */
  disturb(disturbance: Disturbance): Disposable;
  /** As if somebody else's transaction were at some items, until it is disposed of. */
  occupy(table: string, keys: readonly { readonly pk: string; readonly sk: string }[]): Disposable;
}

type Key = Record<string, AttributeValue>;
/** What one write says of its item. */
interface Action {
  readonly TableName?: string;
  readonly Key?: Key;
  readonly Item?: Key;
}
interface Input extends Action {
  readonly TransactItems?: readonly Readonly<Record<string, Action>>[];
  readonly ClientRequestToken?: string;
  readonly Statements?: readonly { readonly Statement: string; readonly Parameters: AttributeValue[] }[];
}
/** A request of the SDK's, on its way to the wire. */
interface Args {
  readonly input: Input;
  readonly request: { body: string; headers: Record<string, string> };
}
type Next = (args: Args) => Promise<{ output: object }>;
type Send = (request?: Args['request']) => Promise<{ output: object }>;

/** The items of transactions in flight, and their tokens, of all clients: conflicts know no client. */
const inFlight = new Set<string>();

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
      const pass = async () => (await rule(args, (request = args.request) => next({ ...args, request }))).output;
      // The newest sees everything first: what it records, an older one may refuse.
      const disturbed = [...disturbances].reduce<() => Promise<object>>(
        (inner, one) => () => one({ command, input: args.input }, inner),
        pass,
      );
      try {
        return { output: await disturbed() };
      } finally {
        for (const end of ends) end();
      }
    };
  // The SDK's own type knows no middleware that looks at every command alike.
  const options = { name: 'strict', relation: 'after', toMiddleware: 'retryMiddleware' } as const;
  client.middlewareStack.addRelativeTo(middleware as unknown as Parameters<typeof client.middlewareStack.addRelativeTo>[0], options);
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
    disturb(disturbance) {
      let n = 0;
      const disturb = (request: Omit<SentRequest, 'n'>, pass: () => Promise<object>) => disturbance({ n: ++n, ...request }, pass);
      disturbances.add(disturb);
      return { [Symbol.dispose]: () => void disturbances.delete(disturb) };
    },
    occupy(table, keys) {
      const names = keys.map(({ pk, sk }) => itemName(table, { pk: { S: pk }, sk: { S: sk } }));
      for (const name of names) inFlight.add(name);
      return {
        [Symbol.dispose]() {
          for (const name of names) inFlight.delete(name);
        },
      };
    },
  };
}

type Rule = (args: Args, send: Send) => Promise<{ output: object }>;

const read: Rule = (_, send) => send();

/** A plain write is refused while a transaction is at its item. */
const plainWrite: Rule = async ({ input: { TableName = '', Key, Item = {} } }, send) => {
  if (inFlight.has(itemName(TableName, Key ?? Item)))
    throw serviceError('TransactionConflictException', 'Transaction is ongoing for the item');
  return send();
};

const MAX_ITEMS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

/** A transaction is refused while another is at one of its items; it names which. */
const transaction: Rule = async ({ input: { TransactItems = [], ClientRequestToken } }, send) => {
  const actions = TransactItems.flatMap((item) => Object.values(item));
  const names = actions.map(({ TableName = '', Key, Item = {} }) => itemName(TableName, Key ?? Item));
  const token = `token ${ClientRequestToken}`;
  if (names.length > MAX_ITEMS) throw serviceError('ValidationException', `Member must have length less than or equal to ${MAX_ITEMS}`);
  if (new Set(names).size < names.length)
    throw serviceError('ValidationException', 'Transaction request cannot include multiple operations on one item');
  if (bytesOf(actions) > MAX_BYTES) throw serviceError('ValidationException', 'Transaction request size exceeded 4 MB');
  if (inFlight.has(token))
    throw serviceError('TransactionInProgressException', 'The transaction with the given request token is already in progress');
  if (names.some((name) => inFlight.has(name))) {
    throw new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: { httpStatusCode: 400 },
      CancellationReasons: names.map((name) => ({ Code: inFlight.has(name) ? 'TransactionConflict' : 'None' })),
    });
  }
  const held = [token, ...names];
  for (const name of held) inFlight.add(name);
  try {
    return await send();
  } finally {
    for (const name of held) inFlight.delete(name);
  }
};

const MAX_STATEMENTS = 25;

/** Each statement of a batch is refused by itself; the others are done. They all name their item by `pk = ? AND sk = ?` at the end. */
const statements: Rule = async ({ input: { Statements: all = [] }, request }, send) => {
  if (all.length > MAX_STATEMENTS)
    throw serviceError('ValidationException', `Member must have length less than or equal to ${MAX_STATEMENTS}`);
  const refused = all.map(({ Statement, Parameters }) => {
    const [, table] = /(?:FROM|UPDATE|INTO)\s+"([^"]+)"/i.exec(Statement) ?? [];
    if (!table || !/WHERE pk = \? AND sk = \?$/.test(Statement)) throw new Error(`strict-dynamodb cannot tell the item of ${Statement}`);
    const [pk, sk] = Parameters.slice(-2);
    return inFlight.has(itemName(table, { pk, sk } as Key));
  });
  if (refused.every((is) => !is)) return send();
  const left = all.filter((_, i) => !refused[i]);
  const done: BatchStatementResponse[] = [];
  if (left.length > 0) {
    const body = JSON.stringify({ ...JSON.parse(request.body), Statements: left });
    const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(body)) };
    const shortened = Object.assign(Object.create(Object.getPrototypeOf(request)), request, { body, headers });
    done.push(...((await send(shortened)).output as { Responses: BatchStatementResponse[] }).Responses);
  }
  const conflict = { Error: { Code: 'TransactionConflict' as const, Message: 'Transaction is ongoing for the item' } };
  return { output: { $metadata: {}, Responses: refused.map((is) => (is ? conflict : done.shift())) } };
};

const RULES: Readonly<Record<string, Rule>> = {
  GetItem: read,
  Query: read,
  Scan: read,
  BatchGetItem: read,
  PutItem: plainWrite,
  UpdateItem: plainWrite,
  DeleteItem: plainWrite,
  TransactWriteItems: transaction,
  BatchExecuteStatement: statements,
  DeleteTable: read,
};

const itemName = (table: string, { pk, sk }: Key) => `${table}\n${pk?.S}\n${sk?.S}`;

export const serviceError = (name: string, message: string) =>
  new DynamoDBServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });

/** About what DynamoDB counts: the bytes of names and values, without the brackets of JSON. What an update finds there is not known here. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce((sum, [name, part]) => sum + (Array.isArray(value) ? 1 : name.length) + bytesOf(part), 0);
}
