import type { StoredResource } from './resource.ts';
import type { ResourceType } from './schemas/resource-type.ts';

/** A resource that may be granted, whether there is one or not. */
export interface Candidate {
  readonly type: ResourceType;
  readonly id: string;
}

/** By which a candidate is told from others. */
export const textOfCandidate = ({ type, id }: Candidate): string => `${type.name}\n${id}`;

/** Those of some candidates that are not among others. */
export function candidatesWithout(candidates: readonly Candidate[], others: readonly Candidate[]): Candidate[] {
  const known = new Set(others.map(textOfCandidate));
  return candidates.filter((one) => !known.has(textOfCandidate(one)));
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
  const resources = new Map(found.map((one) => [textOfCandidate(one), one.stored]));
  return {
    covers: (candidates) => candidatesWithout(candidates, asked).length === 0,
    find: (candidate) => resources.get(textOfCandidate(candidate)),
    isEmpty: ({ name }) => (totals.get(name) ?? 0) === 0,
  };
}

/** Of which nothing was asked. */
export const UNASKED: Catalogue = catalogueOf([], [], new Map());
