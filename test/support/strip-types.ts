import { stripTypeScriptTypes } from 'node:module';

/** Jest's transform: takes the types out of a file, as Node itself does, and leaves every line where it is. */
export const process = (source: string): { code: string } => ({ code: stripTypeScriptTypes(source) });
