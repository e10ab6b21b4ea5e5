import { filterSections } from './core/filters.ts';
import { lengthSections } from './core/lengths.ts';
import { patchSections } from './core/patches.ts';
import { projectionSection } from './core/projections.ts';
import type { Section } from './report.ts';

/** The pure part: no store, no HTTP. */
export const core = (): Section[] => [...filterSections(), projectionSection(), ...patchSections(), ...lengthSections()];
