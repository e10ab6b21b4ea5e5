import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { type DynamoDb, startDynamoDb } from '../../lib/local/dynamodb.ts';
import { progressOn } from '../../lib/local/screen.ts';

/** Starts DynamoDB, with a folder of its own in that of the benchmark: it is removed when DynamoDB ends, before the benchmark does. */
export function startEmulator(folder: string): Promise<DynamoDb> {
  const scratch = join(folder, 'dynamodb');
  mkdirSync(scratch);
  return startDynamoDb({ scratch, progress: progressOn(process.stderr) });
}
