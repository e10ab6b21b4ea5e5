import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import { type Settings, settingsOf } from '../../lambdas/scim/schemas/settings.ts';
import { updateDirectory as updateRow } from '../../lambdas/store/directories.ts';
import type { Duplicate } from '../../lambdas/store/upkeep/reindex.ts';
import { reshape } from '../../lambdas/store/upkeep/reshape.ts';
import type { Deployment } from './deployment.ts';
import { requireText } from './directory-name.ts';
import { requireActive, scopeOf, writtenByNewer } from './rows.ts';
import { changeSecret, readSecret } from './secrets.ts';
import { type OnProgress, untilSettled } from './settling.ts';

export interface DirectoryChanges {
  readonly name?: string | undefined;
  readonly settings?: Partial<Settings> | undefined;
}

export interface UpdatedDirectory {
  readonly directory: string;
  readonly name: string;
  readonly settings: Settings;
  /** What has a value that must be unique by the new settings, and that another one has: both stay as they are. */
  readonly duplicates: readonly Duplicate[];
  /** False where others kept changing what is in it: the same call again goes on. */
  readonly isDone: boolean;
}

/**
 * Renames a directory, or changes its settings. A changed setting takes time: functions act by the old one as long as they remember
 * it, and only then is what is looked up by brought into its new form. Died midway, the same call again goes on with it; meanwhile
 * everything is found, and a name may be taken twice.
 */
export async function updateDirectory(
  deployment: Deployment,
  directory: string,
  { name, settings }: DirectoryChanges,
  onProgress: OnProgress = () => {},
): Promise<UpdatedDirectory> {
  const { table } = deployment;
  const before = await requireActive(deployment, directory);
  const called = name === undefined ? before.name : requireText('name', name);
  const wanted: Settings = settingsOf({ ...before.settings, ...settings });
  // Should they differ between the row and the secret, requests went by those of the secret.
  const told = (await readSecret(deployment, directory))?.settings ?? before.settings;
  const isOther = [told, before.settings].some((settings) => !isSame(wanted, settings));
  const isChanging = isOther || before.changing !== undefined;
  const row = {
    ...(called !== before.name && { name: called }),
    ...(!isSame(wanted, before.settings) && { settings: { ...before.settings, ...wanted } }),
    ...(isOther && { changing: new Date().toISOString() }),
  };
  const after = Object.keys(row).length > 0 ? await updateRow(table, scopeOf(directory), row) : before;
  if (!after) throw writtenByNewer(directory);
  await changeSecret(deployment, directory, (secret) =>
    isSame(wanted, secret.settings) ? secret : { ...secret, settings: { ...secret.settings, ...wanted } },
  );
  const done = { directory, name: called, settings: wanted };
  if (!isChanging) return { ...done, duplicates: [], isDone: true };
  await untilSettled(deployment, after.changing ?? new Date().toISOString(), onProgress);
  const { reindex, repair } = await reshape(table, resourceTypes, directory, {
    onProgress: (seen) => onProgress('Looking at what is in the table', seen, 0, 'items'),
  });
  const busy = reindex.busy + (repair?.busy ?? 0);
  const isDone = repair !== undefined && busy === 0;
  if (isDone) await updateRow(table, scopeOf(directory), { changing: undefined }, { changing: after.changing });
  return { ...done, duplicates: reindex.duplicates, isDone };
}

const isSame = (wanted: Settings, settings: Partial<Settings> | undefined): boolean =>
  JSON.stringify(settingsOf(settings)) === JSON.stringify(wanted);
