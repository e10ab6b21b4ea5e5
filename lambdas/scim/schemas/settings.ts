/**
 * What is chosen for a directory, and may be chosen otherwise later. Functions remember it for a while, so that some write by the old
 * choice when others go by the new one: whatever a setting says of what is kept, it is found as the other choice has it too, until
 * `reshape` (store/upkeep) has made all of it alike.
 */
export interface Settings {
  /** Whether no two groups of the directory have the same `displayName`. */
  readonly uniqueGroupNames: boolean;
}

/** The settings of a directory of which some were chosen, or none; what else was given is left out. */
export const settingsOf = ({ uniqueGroupNames = false }: Partial<Settings> = {}): Settings => ({ uniqueGroupNames });

/** Whether two choices come to the same settings. */
export const isSameSettings = (a: Partial<Settings> | undefined, b: Partial<Settings> | undefined): boolean =>
  JSON.stringify(settingsOf(a)) === JSON.stringify(settingsOf(b));

export const DEFAULT_SETTINGS: Settings = settingsOf();
