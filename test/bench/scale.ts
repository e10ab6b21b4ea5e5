import { synthesize } from '../../lib/local/synthesize.ts';
import { progress, type Section } from './report.ts';
import { measureOperation } from './scale/measure-operation.ts';
import { OPERATIONS } from './scale/operations.ts';
import { progressBar } from './scale/progress-bar.ts';
import { type Comparison, toSection } from './scale/section.ts';
import { makeSubject } from './scale/subject.ts';
import { scratchFolder } from './scratch-folder.ts';
import { startEmulator } from './start-emulator.ts';

export interface Sizes {
  /** How many users the larger directory has. */
  readonly users: number;
  /** How many the smaller one has. */
  readonly small: number;
}

/** The same operations on a small directory and on a large one, in DynamoDB Local, in memory. */
export async function scale(sizes: Sizes): Promise<Section[]> {
  progress('start DynamoDB and synthesize the stack');
  const folder = scratchFolder('scale');
  const template = await synthesize(folder);
  await using dynamodb = await startEmulator(folder);
  const small = await makeSubject(template, dynamodb.endpoint, sizes.small);
  const large = await makeSubject(template, dynamodb.endpoint, sizes.users);

  const comparisons: Comparison[] = [];
  const tell = progressBar(`measure ${OPERATIONS.length} operations`, OPERATIONS.length);
  for (const operation of OPERATIONS) {
    const [inSmall, inLarge] = await measureOperation(operation, [small, large]);
    if (inSmall && inLarge) comparisons.push([operation, inSmall, inLarge]);
    tell(comparisons.length);
  }
  return [toSection(comparisons, small, large)];
}
