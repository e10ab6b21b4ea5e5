import { BatchGetCommand, GetCommand, PutCommand, QueryCommand, TransactWriteCommand, UpdateCommand } from '@aws-sdk/lib-dynamodb';
import { tableFromEnvironment } from '../../../lambdas/store/table.ts';
import type { Exchange, Wave } from './recorder.ts';

/*
 * What a handler is compared with: the same commands, sent by the same client with the same options and nothing around them. It is
 * bundled as the functions are, so that both run the same code of the SDK.
 */

const { client } = tableFromEnvironment();

type Input = Record<string, unknown>;

/** How the commands are sent that the service sends, by their names in `X-Amz-Target`. */
const COMMANDS: Readonly<Record<string, (input: never) => Promise<unknown>>> = {
  BatchGetItem: (input) => client.send(new BatchGetCommand(input)),
  GetItem: (input) => client.send(new GetCommand(input)),
  PutItem: (input) => client.send(new PutCommand(input)),
  Query: (input) => client.send(new QueryCommand(input)),
  TransactWriteItems: (input) => client.send(new TransactWriteCommand(input)),
  UpdateItem: (input) => client.send(new UpdateCommand(input)),
};

/** Sends what was recorded: what was under way at once is again, and what came after an answer waits for it. */
export function sending(waves: readonly Wave[]): () => Promise<void> {
  const prepared = waves.map((wave) => wave.map(preparedOf));
  return async () => {
    for (const wave of prepared) await Promise.all(wave.map(({ send, input }) => send(input)));
  };
}

function preparedOf({ target, request }: Exchange) {
  const send = COMMANDS[target.split('.')[1] ?? ''];
  if (!send) throw new Error(`the bare client does not know ${target}: add it to ${import.meta.url}`);
  return { send, input: asGiven(JSON.parse(request)) as never };
}

/** Members of requests that hold attributes by their names. */
const ATTRIBUTES: ReadonlySet<string> = new Set(['Key', 'Item', 'ExpressionAttributeValues', 'ExclusiveStartKey']);

/** The input that the document client makes a request of: with values of JavaScript in the place of DynamoDB's. */
function asGiven(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asGiven);
  if (typeof value !== 'object' || value === null) return value;
  return mapped(value, (part, name) => {
    if (ATTRIBUTES.has(name)) return mapped(part as object, toPlain);
    return name === 'Keys' ? (part as object[]).map((key) => mapped(key, toPlain)) : asGiven(part);
  });
}

const mapped = (object: object, change: (part: unknown, name: string) => unknown): Input =>
  Object.fromEntries(Object.entries(object).map(([name, part]) => [name, change(part, name)]));

function toPlain(attribute: unknown): unknown {
  const [[kind, value] = ['', undefined]] = Object.entries(attribute as object);
  switch (kind) {
    case 'S':
    case 'BOOL':
      return value;
    case 'N':
      return Number(value);
    case 'NULL':
      return null;
    case 'L':
      return (value as unknown[]).map(toPlain);
    case 'M':
      return mapped(value as object, toPlain);
    case 'SS':
      return new Set(value as string[]);
    default:
      throw new Error(`the bare client does not know attributes of the kind ${kind}: add it to ${import.meta.url}`);
  }
}
