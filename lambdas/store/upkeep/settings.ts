import type { Settings } from '../../scim/schemas/settings.ts';
import { getSettings } from '../directories.ts';
import type { Table } from '../table.ts';
import { scopeOfStep } from './scan.ts';

/** Tells the settings of one of the directories that were asked for; `undefined` if this version cannot read them. */
type SettingsOf = (directory: string) => Settings | undefined;

/**
 * Reads the settings of directories, of each when the first of its items is met, and once, since they do not change. Those of all at
 * the start would not do: of a directory that is created during the work, what is right would be taken for what is wrong.
 */
export function rememberedSettings(table: Table): (directories: readonly string[]) => Promise<SettingsOf> {
  const remembered = new Map<string, Settings | undefined>();
  return async (directories) => {
    const missing = directories.filter((directory) => !remembered.has(directory));
    for (const [directory, settings] of await getSettings(table, scopeOfStep(), missing)) {
      // Another segment may have read it meanwhile.
      if (!settings && !remembered.has(directory))
        console.warn({ message: 'the settings of a directory cannot be read: what it holds is left alone', directory });
      remembered.set(directory, settings);
    }
    return (directory) => remembered.get(directory);
  };
}
