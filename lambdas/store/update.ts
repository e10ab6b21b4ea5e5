import { ConditionalCheckFailedException } from '@aws-sdk/client-dynamodb';
import { UpdateCommand } from '@aws-sdk/lib-dynamodb';
import type { Scope } from '../directory/store.ts';
import { uniqueness } from '../scim/errors.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import { commit } from './commit.ts';
import { FORMAT, newStamp, requireFitting } from './items.ts';
import { resourceKey } from './keys.ts';
import { claims, type Moves, movesBetween, releases } from './moves.ts';
import { send } from './send.ts';
import type { Table } from './table.ts';

/**
 * Writes what became of a resource and moves its index entries. False, and nothing written, if it has changed since it was read:
 * its own attributes, or if `isExact` anything that its version tells; or if what it is granted is not there, or not to be granted.
 */
export async function updateResource(
  table: Table,
  scope: Scope,
  type: ResourceType,
  before: StoredResource,
  after: StoredResource,
  isExact: boolean,
): Promise<boolean> {
  requireFitting(after);
  const { id } = after;
  const moves = movesBetween(scope.directory, type, id, before.body, after.body);
  const stamp = newStamp(scope);
  const update = resourceUpdate(scope.directory, type, { before, after, isExact }, stamp);
  const isAlone = Object.values(moves).every((moved) => moved.length === 0);
  return isAlone ? updateAlone(table, scope, update, stamp) : updateWithOthers(table, scope, id, update, moves, stamp);
}

async function updateWithOthers(
  table: Table,
  scope: Scope,
  id: string,
  update: ReturnType<typeof resourceUpdate>,
  moves: Moves,
  stamp: string,
): Promise<boolean> {
  const writes = [{ Update: update }, ...claims(scope.directory, id, moves)];
  const [failed] = await commit(scope, table, writes, releases(scope.directory, id, moves), stamp);
  if (failed === undefined) return true;
  // The entries are claimed for what was read. If that is outdated, so is what they say.
  const taken = moves.added[failed - 1];
  if (taken) throw uniqueness(taken.attribute);
  return false;
}

interface Change {
  readonly before: StoredResource;
  readonly after: StoredResource;
  readonly isExact: boolean;
}

/** Sets the resource's own attributes alone: what others keep on its item (the groups of a user, the size of a group) stays. */
const resourceUpdate = (directory: string, type: ResourceType, { before, after, isExact }: Change, stamp: string) => ({
  Key: resourceKey(directory, type, after.id),
  UpdateExpression: 'SET #body = :body, #rev = :rev, #lastModified = :lastModified, #stamp = :stamp, #format = :format ADD #version :one',
  ConditionExpression: `#rev = :read${isExact ? ' AND #version = :version' : ''}`,
  ExpressionAttributeNames: {
    '#body': 'body',
    '#rev': 'rev',
    '#version': 'version',
    '#lastModified': 'lastModified',
    '#stamp': 'stamp',
    '#format': 'format',
  },
  ExpressionAttributeValues: {
    ':body': after.body,
    ':rev': after.rev,
    ':one': 1,
    ':lastModified': after.lastModified,
    ':stamp': stamp,
    ':format': FORMAT,
    ':read': before.rev,
    ...(isExact && { ':version': before.version }),
  },
  ReturnValuesOnConditionCheckFailure: 'ALL_OLD' as const,
});

async function updateAlone(table: Table, scope: Scope, update: ReturnType<typeof resourceUpdate>, stamp: string): Promise<boolean> {
  const command = new UpdateCommand({ TableName: table.name, ...update });
  try {
    await send(scope, (options) => table.client.send(command, options));
    return true;
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    // The SDK repeats a request whose answer was lost, and then meets what the first one wrote.
    return error.Item?.stamp?.S === stamp;
  }
}
