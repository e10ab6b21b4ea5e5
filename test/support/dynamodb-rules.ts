import {
  type AttributeValue,
  type BatchStatementResponse,
  type CancellationReason,
  DynamoDBServiceException,
  TransactionCanceledException,
} from '@aws-sdk/client-dynamodb';

/*
 * What DynamoDB refuses and DynamoDB Local does not: each rule sees a command on its way, and sends it or throws as DynamoDB does.
 * One rule is ours: DynamoDB Local answers every read with what is there, so that a test could not tell which reads rely on it.
 */

type Key = Record<string, AttributeValue>;
/** What one write says of its item. */
interface Action {
  readonly TableName?: string;
  readonly Key?: Key;
  readonly Item?: Key;
  readonly ConditionExpression?: string;
  readonly ExpressionAttributeNames?: Readonly<Record<string, string>>;
  readonly ExpressionAttributeValues?: Key;
  readonly ReturnValuesOnConditionCheckFailure?: string;
}
export interface Input extends Action {
  readonly TransactItems?: readonly Readonly<Record<string, Action>>[];
  readonly ClientRequestToken?: string;
  readonly ConsistentRead?: boolean;
  readonly RequestItems?: Readonly<Record<string, { readonly ConsistentRead?: boolean }>>;
  readonly Statements?: readonly { readonly Statement: string; readonly Parameters: AttributeValue[] }[];
}
/** A request of the SDK's, on its way to the wire. */
export interface Args {
  readonly input: Input;
  readonly request: { body: string; headers: Record<string, string> };
}
/** Sends the request, or one with another body in its place. */
type Send = (body?: object) => Promise<{ output: object }>;

/** The items of transactions in flight, and their tokens, of all clients: conflicts know no client. */
const inFlight = new Set<string>();
/** Items that a test keeps busy. */
export const occupied = new Set<string>();

const isBusy = (name: string) => inFlight.has(name) || occupied.has(name);

export type Rule = (args: Args, send: Send) => Promise<{ output: object }>;

const pass: Rule = (_, send) => send();

/** A read that is not strongly consistent may miss what was answered a moment ago. */
const read: Rule = async ({ input: { ConsistentRead, RequestItems } }, send) => {
  const asked = RequestItems ? Object.values(RequestItems) : [{ ConsistentRead }];
  if (!asked.every((one) => one.ConsistentRead === true))
    throw new Error('strict-dynamodb: a read must be strongly consistent, and this is not');
  return send();
};

/** A plain write is refused while a transaction is at its item. */
const plainWrite: Rule = async ({ input: { TableName = '', Key, Item = {} } }, send) => {
  if (isBusy(itemName(TableName, Key ?? Item))) throw serviceError('TransactionConflictException', 'Transaction is ongoing for the item');
  return send();
};

const MAX_ITEMS = 100;
const MAX_BYTES = 4 * 1024 * 1024;

/** A transaction is refused while another is at one of its items; it names which, and which conditions of the others fail. */
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
  const busy = new Set(names.filter(isBusy));
  if (busy.size > 0) {
    const failing = await failingConditions(actions, names, send);
    throw new TransactionCanceledException({
      message: 'Transaction cancelled',
      $metadata: { httpStatusCode: 400 },
      CancellationReasons: names.map((name) =>
        busy.has(name) ? { Code: 'TransactionConflict' } : (failing.get(name) ?? { Code: 'None' }),
      ),
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

/** The conditions of a transaction that fail at items which nobody is at, by item. */
async function failingConditions(actions: readonly Action[], names: readonly string[], send: Send) {
  const checked = actions.flatMap((action, i) => {
    const { TableName, Key, Item = {}, ConditionExpression, ReturnValuesOnConditionCheckFailure } = action;
    const name = names[i] ?? '';
    if (isBusy(name) || !ConditionExpression) return [];
    const used = <T>(given: Readonly<Record<string, T>> = {}) => {
      const left = Object.entries(given).filter(([word]) => new RegExp(`${word}\\b`).test(ConditionExpression));
      return left.length > 0 ? Object.fromEntries(left) : undefined;
    };
    const check = {
      TableName,
      Key: Key ?? { pk: Item.pk, sk: Item.sk },
      ConditionExpression,
      ReturnValuesOnConditionCheckFailure,
      ExpressionAttributeNames: used(action.ExpressionAttributeNames),
      ExpressionAttributeValues: used(action.ExpressionAttributeValues),
    };
    return [{ name, check }];
  });
  if (checked.length === 0) return new Map<string, CancellationReason>();
  const reasons = await send({ TransactItems: checked.map(({ check }) => ({ ConditionCheck: check })) }).then(
    () => [],
    (error: unknown) => (error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : []),
  );
  return new Map(reasons.map((reason, i) => [checked[i]?.name ?? '', reason]));
}

const MAX_STATEMENTS = 25;

/** Statements name their item by `pk = ? AND sk = ?` at the end; those that insert one, at the beginning. */
function keyOf(statement: string, parameters: readonly AttributeValue[]) {
  const [, table] = /(?:FROM|UPDATE|INTO)\s+"([^"]+)"/i.exec(statement) ?? [];
  const isInsert = /^INSERT INTO "[^"]+" VALUE {'pk': \?, 'sk': \?[,}]/.test(statement);
  if (!table || !(isInsert || /WHERE (?:.+ AND )?pk = \? AND sk = \?$/.test(statement)))
    throw new Error(`strict-dynamodb cannot tell the item of ${statement}`);
  const [pk, sk] = isInsert ? parameters : parameters.slice(-2);
  return { table, key: { pk, sk } as Key };
}

/** Each statement of a batch is refused by itself; the others are done. */
const statements: Rule = async ({ input: { Statements: all = [] }, request }, send) => {
  if (all.length > MAX_STATEMENTS)
    throw serviceError('ValidationException', `Member must have length less than or equal to ${MAX_STATEMENTS}`);
  const named = new Set<string>();
  const refused = all.map(({ Statement, Parameters }) => {
    const { table, key } = keyOf(Statement, Parameters);
    const name = itemName(table, key);
    if (named.has(name)) throw serviceError('ValidationException', 'Duplicate item keys in a batch of statements');
    named.add(name);
    return isBusy(name);
  });
  if (refused.every((is) => !is)) return send();
  const left = all.filter((_, i) => !refused[i]);
  const done: BatchStatementResponse[] = [];
  if (left.length > 0) {
    const shortened = { ...JSON.parse(request.body), Statements: left };
    done.push(...((await send(shortened)).output as { Responses: BatchStatementResponse[] }).Responses);
  }
  const conflict = { Error: { Code: 'TransactionConflict' as const, Message: 'Transaction is ongoing for the item' } };
  return { output: { $metadata: {}, Responses: refused.map((is) => (is ? conflict : done.shift())) } };
};

export const RULES: Readonly<Record<string, Rule>> = {
  GetItem: read,
  Query: read,
  Scan: read,
  BatchGetItem: read,
  PutItem: plainWrite,
  UpdateItem: plainWrite,
  DeleteItem: plainWrite,
  TransactWriteItems: transaction,
  BatchExecuteStatement: statements,
  DeleteTable: pass,
  DescribeTable: pass,
  // For tests alone, to fill a table: nothing of ours writes without a condition or a transaction.
  BatchWriteItem: pass,
};

export function withBody(request: Args['request'], content: object): Args['request'] {
  const body = JSON.stringify(content);
  const headers = { ...request.headers, 'content-length': String(Buffer.byteLength(body)) };
  return Object.assign(Object.create(Object.getPrototypeOf(request)), request, { body, headers });
}

export const itemName = (table: string, { pk, sk }: Key) => `${table}\n${pk?.S}\n${sk?.S}`;

export const serviceError = (name: string, message: string) =>
  new DynamoDBServiceException({ name, message, $fault: 'client', $metadata: { httpStatusCode: 400 } });

/** About what DynamoDB counts: the bytes of names and values, without the brackets of JSON. What an update finds there is not known here. */
function bytesOf(value: unknown): number {
  if (typeof value === 'string') return Buffer.byteLength(value);
  if (value instanceof Uint8Array) return value.length;
  if (typeof value !== 'object' || value === null) return 1;
  return Object.entries(value).reduce((sum, [name, part]) => sum + (Array.isArray(value) ? 1 : name.length) + bytesOf(part), 0);
}
