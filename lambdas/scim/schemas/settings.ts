/**
 * What is chosen for a directory when it is created, and stays: functions remember it for a while, and what some of them have
 * written by the old choice would not be found by the new one.
 */
export interface Settings {
  /** Whether no two groups of the directory have the same `displayName`. */
  readonly uniqueGroupNames: boolean;
}

/** The settings of a directory of which some were chosen, or none; what else was given is left out. */
export const settingsOf = ({ uniqueGroupNames = false }: Partial<Settings> = {}): Settings => ({ uniqueGroupNames });

export const DEFAULT_SETTINGS: Settings = settingsOf();
