import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import { isSameSettings, type Settings, settingsOf } from '../../lambdas/scim/schemas/settings.ts';
import { type DirectoryRow, updateDirectory as updateRow } from '../../lambdas/store/directories.ts';
import type { Duplicate } from '../../lambdas/store/upkeep/reindex.ts';
import { reshape } from '../../lambdas/store/upkeep/reshape.ts';
import type { Deployment } from './deployment.ts';
import { requireText } from './directory-name.ts';
import { OperatorError } from './operator-error.ts';
import { requireActive, scopeOf, writtenByNewer } from './rows.ts';
import { changeSecret, readSecret } from './secrets.ts';
import { type OnProgress, untilSettled } from './settling.ts';

export interface DirectoryChanges {
  readonly name?: string | undefined;
  readonly settings?: Partial<Settings> | undefined;
}

/** What came of a change of settings. */
interface Settled {
  /** What has a value that must be unique by the new settings, and that another one has: both stay as they are. */
  readonly duplicates: readonly Duplicate[];
  /** False where others kept changing what is in the directory: the same call again goes on. */
  readonly isDone: boolean;
}

export interface UpdatedDirectory extends Settled {
  readonly directory: string;
  readonly name: string;
  readonly settings: Settings;
}

/**
 * Renames a directory, or changes its settings. A changed setting takes time: functions act by the old one as long as they remember
 * it, and only then is what is looked up by brought into its new form. Died midway, the same call again goes on with it; meanwhile
 * everything is found, and a name may be taken twice. Throws where somebody else changes the settings at the same time.
 */
export async function updateDirectory(
  deployment: Deployment,
  directory: string,
  { name, settings }: DirectoryChanges,
  onProgress: OnProgress = () => {},
): Promise<UpdatedDirectory> {
  const before = await requireActive(deployment, directory);
  const called = name === undefined ? before.name : requireText('name', name);
  const wanted: Settings = settingsOf({ ...before.settings, ...settings });
  if (called !== before.name && !(await updateRow(deployment.table, scopeOf(directory), { name: called }))) throw writtenByNewer(directory);
  // Should they differ between the row and the secret, requests went by those of the secret.
  const told = (await readSecret(deployment, directory))?.settings ?? before.settings;
  const isSettled = before.changing === undefined && [told, before.settings].every((settings) => isSameSettings(wanted, settings));
  const settled = isSettled ? { duplicates: [], isDone: true } : await changeSettings(deployment, directory, before, wanted, onProgress);
  return { directory, name: called, settings: wanted, ...settled };
}

/** Row first, then the secret, as a row that says that its settings are changing has everybody leave the directory alone. */
async function changeSettings(
  deployment: Deployment,
  directory: string,
  before: DirectoryRow,
  wanted: Settings,
  onProgress: OnProgress,
): Promise<Settled> {
  const { table } = deployment;
  const goesOn = before.changing !== undefined && isSameSettings(wanted, before.settings);
  const row = goesOn ? before : await begin(deployment, directory, before, wanted);
  if (row?.changing === undefined) throw changedByOthers(directory);
  const ours = { changing: row.changing };
  const isNews = await tell(deployment, directory, wanted, row.changing);
  const toldAt = isNews ? undefined : row.toldAt;
  const noted = toldAt ? row : await updateRow(table, scopeOf(directory), { toldAt: new Date().toISOString() }, ours);
  if (!noted?.toldAt) throw changedByOthers(directory);
  await untilSettled(deployment, noted.toldAt, onProgress);
  const { reindex, repair } = await reshape(table, resourceTypes, directory, {
    onProgress: (seen) => onProgress('Looking at what is in the table', seen, 0, 'items'),
  });
  const isDone = repair !== undefined && reindex.busy + repair.busy === 0;
  const ended = isDone ? await updateRow(table, scopeOf(directory), { changing: undefined, toldAt: undefined }, ours) : row;
  if (!ended) throw changedByOthers(directory);
  return { duplicates: reindex.duplicates, isDone };
}

/** Begins a change in the row, unless somebody else has begun one meanwhile. Later changes have later times, whatever the clock says. */
function begin({ table }: Deployment, directory: string, { changing, settings }: DirectoryRow, wanted: Settings) {
  const now = Math.max(Date.now(), changing === undefined ? 0 : Date.parse(changing) + 1);
  const begun = { settings: { ...settings, ...wanted }, changing: new Date(now).toISOString(), toldAt: undefined };
  return updateRow(table, scopeOf(directory), begun, { changing });
}

/** Has the secret say what the row says, unless it has been told of a later change. Gives whether it did not say so yet. */
async function tell(deployment: Deployment, directory: string, wanted: Settings, changing: string): Promise<boolean> {
  let isNews = false;
  await changeSecret(deployment, directory, (secret) => {
    const { settings, settingsSince = '' } = secret;
    if (settingsSince > changing) throw changedByOthers(directory);
    if (settingsSince === changing && isSameSettings(wanted, settings)) return secret;
    isNews = true;
    return { ...secret, settings: { ...settings, ...wanted }, settingsSince: changing };
  });
  return isNews;
}

const changedByOthers = (directory: string): OperatorError =>
  new OperatorError(`somebody else changes the settings of ${directory} at the same time: show ${directory} tells what they are`);
