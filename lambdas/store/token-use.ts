import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { PutCommand } from '@aws-sdk/lib-dynamodb';
import type { Scope, Store } from '../directory/store.ts';
import { failureOf } from '../log/failure.ts';
import { FORMAT } from './items.ts';
import { type Key, textOf, tokenUseKey, tokenUsesKey } from './keys.ts';
import { queryPages } from './read.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

/*
 * The operator wants to know which tokens are in use, before one is revoked. Nothing runs once a Lambda has answered, and no request is
 * to take longer for it: so when a token was last used is written beside what its request asks of the table first, and not each time.
 */

interface TokenUseItem extends Key {
  /** ISO 8601, UTC. */
  readonly lastUsedAt: string;
  /** Seconds since 1970, for DynamoDB's TTL. */
  readonly expires: number;
  readonly format: number;
}

const HOUR_MS = 60 * 60 * 1_000;
/** After this long without a use, nobody asks any more when it was. */
const KEPT_S = 400 * 24 * 60 * 60;
/** How long a request waits for it. */
const PATIENCE_MS = 1_000;
/** How long after a failure it is tried again: while the table does not answer, not every request is to wait for it. */
const PAUSE_MS = 60_000;
/** How many tokens one environment remembers. */
const MAX_REMEMBERED = 1_000;

/**
 * A store that notes, at most once an hour, when the token of a request was last used. Its requests take no longer for that: the note is
 * written beside what an operation sends first, and both are waited for. Work without a credential is no use of a token.
 */
export function notingTokenUse(store: Store, table: Table): Store {
  const note = noteAtMostHourly(table);
  const beside =
    <Args extends readonly [Scope, ...unknown[]], Result>(operation: (...args: Args) => Promise<Result>) =>
    async (...args: Args): Promise<Result> => {
      const [result, noted] = [operation(...args), note(args[0])];
      // Also where the operation fails: what is under way when a Lambda answers may never arrive.
      return result.finally(() => noted);
    };
  return {
    create: beside(store.create),
    get: beside(store.get),
    update: beside(store.update),
    updateGroup: beside(store.updateGroup),
    remove: beside(store.remove),
    getMembers: beside(store.getMembers),
    getAllMembers: beside(store.getAllMembers),
    groupsOf: beside(store.groupsOf),
    names: beside(store.names),
    catalogue: beside(store.catalogue),
    countHolders: beside(store.countHolders),
    async *holders(scope, ...rest) {
      const noted = note(scope);
      try {
        yield* store.holders(scope, ...rest);
      } finally {
        await noted;
      }
    },
    search: beside(store.search),
  };
}

/** Notes a use unless this environment knows that it need not. Never fails. */
function noteAtMostHourly(table: Table): (scope: Scope) => Promise<void> {
  /** By the key of each token, from when on its use is to be noted again. */
  const due = new Map<string, number>();
  const remember = (token: string, from: number) => {
    due.delete(token);
    due.set(token, from);
    const [oldest] = due.keys();
    if (due.size > MAX_REMEMBERED && oldest !== undefined) due.delete(oldest);
  };
  return async (scope) => {
    if (scope.credential === '') return;
    const key = tokenUseKey(scope.directory, scope.credential);
    const token = textOf(key);
    const now = Date.now();
    if ((due.get(token) ?? 0) > now) return;
    // What the same request asks next does not note it too.
    remember(token, now + HOUR_MS);
    try {
      remember(token, (await putTokenUse(table, scope, key, now)) + HOUR_MS);
    } catch (error) {
      remember(token, now + PAUSE_MS);
      console.warn({ message: 'the use of a token could not be noted', requestId: scope.trace.requestId, reason: failureOf(error).name });
    }
  };
}

/** Gives the time that is noted now: it leaves a note that is less than an hour old, which another environment has made. */
async function putTokenUse(table: Table, scope: Scope, key: Key, now: number): Promise<number> {
  const expires = Math.floor(now / 1_000) + KEPT_S;
  const item: TokenUseItem = { ...key, lastUsedAt: new Date(now).toISOString(), expires, format: FORMAT };
  const command = new PutCommand({
    TableName: table.name,
    Item: item,
    ConditionExpression: 'attribute_not_exists(lastUsedAt) OR lastUsedAt <= :hourAgo',
    ReturnValuesOnConditionCheckFailure: 'ALL_OLD',
    ExpressionAttributeValues: { ':hourAgo': new Date(now - HOUR_MS).toISOString() },
  });
  const hurried = { ...scope, deadline: Math.min(scope.deadline, now + PATIENCE_MS) };
  try {
    await send(hurried, (options) => table.client.send(command, options));
    return now;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // Not later than now, should the other one's clock be ahead.
    return Math.min(Date.parse(error.Item?.lastUsedAt?.S ?? '') || now, now);
  }
}

/** When the tokens of a directory were last used, by their ids, to the hour; of those that never were, nothing. */
export async function readTokenUses(table: Table, scope: Scope): Promise<ReadonlyMap<string, string>> {
  const uses = new Map<string, string>();
  for await (const items of queryPages<TokenUseItem>(table, scope, tokenUsesKey(scope.directory)))
    for (const { sk, lastUsedAt } of items) uses.set(sk, lastUsedAt);
  return uses;
}
