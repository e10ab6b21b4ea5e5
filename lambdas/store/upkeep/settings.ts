import type { Settings } from '../../scim/schemas/settings.ts';
import { getSettings } from '../directories.ts';
import type { Table } from '../table.ts';
import { type ScanOptions, scopeOfStep } from './scan.ts';

/** Tells the settings of one of the directories that were asked for; `undefined` if it is to be left alone. */
type SettingsOf = (directory: string) => Settings | undefined;

const WHY = {
  unreadable: 'the settings of a directory cannot be read: what it holds is left alone',
  changing: 'the settings of a directory are being changed: what it holds is left alone',
};

/**
 * Reads the settings of the directories whose items are on a page, once that has been read, and for each page anew. Who changes a
 * setting says so in the row before anybody writes by the new choice: where the row does not say so yet, all that the page showed was
 * written by what the row says. What had been read once for the whole table would be outdated hours later, and of a directory that
 * is created or changed during the work, what is right would be taken for what is wrong.
 */
export function settingsReader(
  table: Table,
  { evenIfChanging = false }: ScanOptions,
): (directories: readonly string[]) => Promise<SettingsOf> {
  const told = new Set<string>();
  return async (directories) => {
    if (directories.length === 0) return () => undefined;
    const read = await getSettings(table, scopeOfStep(), directories);
    const usable = new Map<string, Settings>();
    for (const [directory, { settings, isChanging }] of read) {
      const isLeftAlone = !settings || (isChanging && !evenIfChanging);
      if (!isLeftAlone) usable.set(directory, settings);
      else if (!told.has(directory)) console.warn({ message: settings ? WHY.changing : WHY.unreadable, directory });
      if (isLeftAlone) told.add(directory);
    }
    return (directory) => usable.get(directory);
  };
}
