import type { StoredResource } from './resource.ts';
import type { ResourceType } from './schemas/resource-type.ts';

/** A resource that may be granted, whether there is one or not. */
export interface Candidate {
  readonly type: ResourceType;
  readonly id: string;
}

/** What a directory has to grant, as far as it was asked about. */
export interface Catalogue {
  /** Whether it was asked about all of these. */
  covers(candidates: readonly Candidate[]): boolean;
  find(candidate: Candidate): StoredResource | undefined;
  /** Whether a directory has nothing of a type. */
  isEmpty(type: ResourceType): boolean;
}

/** `totals` are of all resources of a type, by its name. */
export function catalogueOf(
  asked: readonly Candidate[],
  found: readonly (Candidate & { readonly stored: StoredResource })[],
  totals: ReadonlyMap<string, number>,
): Catalogue {
  const nameOf = ({ type, id }: Candidate) => `${type.name}\n${id}`;
  const known = new Set(asked.map(nameOf));
  const resources = new Map(found.map((one) => [nameOf(one), one.stored]));
  return {
    covers: (candidates) => candidates.every((one) => known.has(nameOf(one))),
    find: (candidate) => resources.get(nameOf(candidate)),
    isEmpty: ({ name }) => (totals.get(name) ?? 0) === 0,
  };
}

/** Of which nothing was asked. */
export const UNASKED: Catalogue = catalogueOf([], [], new Map());
