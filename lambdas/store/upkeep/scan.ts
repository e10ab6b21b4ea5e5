import { randomUUID } from 'node:crypto';
import { ScanCommand } from '@aws-sdk/lib-dynamodb';
import pMap from 'p-map';
import { type Scope, startTrace } from '../../directory/store.ts';
import { DEFAULT_SETTINGS } from '../../scim/schemas/settings.ts';
import { type Key, keysBeginWith } from '../keys.ts';
import { send } from '../send.ts';
import type { Table } from '../table.ts';

/** Any item, as it lies in the table. */
export interface Item extends Key {
  readonly format?: unknown;
  readonly [attribute: string]: unknown;
}

export interface ScanOptions {
  /** The only directory whose items are wanted. DynamoDB reads the others all the same, and keeps them to itself. */
  readonly directory?: string | undefined;
  /** How many parts of the table are read at the same time, each of them page by page. */
  readonly segments?: number;
  /**
   * Whether a directory is gone through though its row says that its settings are being changed. Else it is left alone: entries may lie
   * there as the settings say, and as they said before.
   *
   * @default false
   */
  readonly evenIfChanging?: boolean;
  /** Whether the keys of items are all that is wanted of them. */
  readonly keysOnly?: boolean;
  /** Is told after each page how many items have been read so far, those of other directories among them. */
  readonly onProgress?: (seen: number) => void;
}

const SEGMENTS = 4;
const MAX_MS = 30_000;

/**
 * The scope of one step of work that goes through a table: the step ends in time, the whole may take hours. What a type is in each
 * directory such work has from its `survey`, and not from here.
 */
export const scopeOfStep = (directory = ''): Scope => ({
  directory,
  credential: '',
  settings: DEFAULT_SETTINGS,
  deadline: Date.now() + MAX_MS,
  trace: startTrace(randomUUID()),
});

/** Reads every item of the table. A segment's next page is read when what is done with the one before has ended. */
export async function scanTable(table: Table, options: ScanOptions, onPage: (items: Item[]) => Promise<void>): Promise<void> {
  const { segments = SEGMENTS, onProgress } = options;
  let seen = 0;
  let failed = false;
  const readSegment = async (segment: number) => {
    for await (const { items, read } of segmentPages(table, options, segment, segments)) {
      if (failed) return;
      await onPage(items);
      seen += read;
      onProgress?.(seen);
    }
  };
  await pMap(Array(segments).keys(), (segment) =>
    readSegment(segment).catch((error: unknown) => {
      failed = true;
      throw error;
    }),
  );
}

async function* segmentPages({ client, name }: Table, { directory, keysOnly }: ScanOptions, segment: number, segments: number) {
  let start: Record<string, unknown> | undefined;
  do {
    const command: ScanCommand = new ScanCommand({
      TableName: name,
      ConsistentRead: true,
      Segment: segment,
      TotalSegments: segments,
      ...(directory !== undefined && {
        FilterExpression: 'begins_with(pk, :start)',
        ExpressionAttributeValues: { ':start': keysBeginWith(directory) },
      }),
      ...(keysOnly && { ProjectionExpression: 'pk, sk' }),
      ...(start && { ExclusiveStartKey: start }),
    });
    const page = await send(scopeOfStep(directory), (sending) => client.send(command, sending));
    yield { items: (page.Items ?? []) as Item[], read: page.ScannedCount ?? 0 };
    start = page.LastEvaluatedKey;
  } while (start);
}
