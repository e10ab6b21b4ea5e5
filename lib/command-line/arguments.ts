import { resolve } from 'node:path';
import { type Command, InvalidArgumentError } from 'commander';
import { idFrom, requireId, requireText } from '../operator/directory-name.ts';
import { OperatorError } from '../operator/operator-error.ts';

/** What the operator's functions do not take was not understood, where it was typed: nothing need be looked for first. */
function understood<T>(read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw error instanceof OperatorError ? new InvalidArgumentError(error.message) : error;
  }
}

/** The id of a directory. */
export const toId = (text: string): string => understood(() => requireId(text));

/** Ends `create` as one that is not understood where it has no id, and none can be made of the name. */
export function requireAnId(creating: Command): void {
  if (creating.opts<{ readonly id?: string }>().id !== undefined) return;
  try {
    idFrom(creating.processedArgs[0]);
  } catch (error) {
    if (!(error instanceof OperatorError)) throw error;
    creating.error(`error: ${error.message}`);
  }
}

export const toName = (text: string): string => understood(() => requireText('name', text));

export const toLabel = (text: string): string => understood(() => requireText('label', text));

/** Such as `us-gov-west-1`. It becomes a part of host names. */
export function toRegion(text: string): string {
  if (/^[a-z]{2,}(-[a-z]+)+-\d{1,2}$/.test(text)) return text;
  throw new InvalidArgumentError('expected the name of an AWS region, such as eu-west-1');
}

/** npm runs a script in the folder of its package; the name of a file is that of one where it was typed. */
export function typedPath(path: string, { npm_lifecycle_event: script, INIT_CWD: folder }: NodeJS.ProcessEnv = process.env): string {
  return script === 'directory' && folder ? resolve(folder, path) : path;
}
