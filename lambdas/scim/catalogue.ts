import type { StoredResource } from './resource.ts';
import type { ResourceType } from './schemas/resource-type.ts';

/** A resource that may be granted, whether there is one or not. */
export interface Candidate {
  readonly type: ResourceType;
  readonly id: string;
}

const nameOf = ({ type, id }: Candidate): string => `${type.name}\n${id}`;

/** What a directory has to grant, as far as it was asked about. */
export class Catalogue {
  readonly #asked: ReadonlySet<string>;
  readonly #found: ReadonlyMap<string, StoredResource>;
  readonly #totals: ReadonlyMap<string, number>;

  /** `totals` are of all resources of a type, by its name. */
  constructor(
    asked: readonly Candidate[],
    found: readonly (Candidate & { stored: StoredResource })[],
    totals: ReadonlyMap<string, number>,
  ) {
    this.#asked = new Set(asked.map(nameOf));
    this.#found = new Map(found.map((one) => [nameOf(one), one.stored]));
    this.#totals = totals;
  }

  static readonly EMPTY = new Catalogue([], [], new Map());

  /** Whether it was asked about all of these. */
  covers(candidates: readonly Candidate[]): boolean {
    return candidates.every((one) => this.#asked.has(nameOf(one)));
  }

  find(candidate: Candidate): StoredResource | undefined {
    return this.#found.get(nameOf(candidate));
  }

  /** Whether a directory has nothing of a type. */
  isEmpty({ name }: ResourceType): boolean {
    return (this.#totals.get(name) ?? 0) === 0;
  }
}
