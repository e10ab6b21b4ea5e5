import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startDynamoDb } from '../../lib/local/dynamodb.ts';
import { progressOn } from '../../lib/local/screen.ts';
import { synthesize } from '../../lib/local/synthesize.ts';

/** What one run of the tests shares: an emulator, in which each test has its own table, and the synthesized stack. */
const shared = globalThis as typeof globalThis & { rollcallTests?: AsyncDisposableStack };

export async function start(): Promise<void> {
  const started = new AsyncDisposableStack();
  shared.rollcallTests = started;
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-tests-'));
  started.defer(() => rmSync(folder, { recursive: true, force: true }));
  const [emulator] = await Promise.all([
    startDynamoDb({ progress: progressOn(process.stderr) }).then((it) => started.use(it)),
    synthesize(folder),
  ]);
  process.env.TEST_DYNAMODB_ENDPOINT = emulator.endpoint;
  process.env.TEST_CDK_OUT = folder;
  // The CDK's rules for templates cost every file that makes a stack some seconds; `cdk synth` asks them.
  process.env.CDK_VALIDATION = 'false';
}

export const stop = async (): Promise<void> => shared.rollcallTests?.disposeAsync();
