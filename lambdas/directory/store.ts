import type { Candidate, Catalogue } from '../scim/catalogue.ts';
import type { Filter } from '../scim/filter/parse.ts';
import type { StoredResource } from '../scim/resource.ts';
import type { ResourceType } from '../scim/schemas/resource-type.ts';
import type { Settings } from '../scim/schemas/settings.ts';
import type { Sort } from '../scim/sort.ts';

/** What one request leaves behind: on the items that it writes, and in its line of the log. */
export interface Trace {
  /** A client may have chosen it: nothing is told from another by it. */
  readonly requestId: string;
  /** How many requests were sent to the database. */
  storeCalls: number;
  /** Full paths of what the client sent and no schema declares: it is dropped, and an operator wants to see what. */
  readonly unknownAttributes: Set<string>;
}

export const startTrace = (requestId: string): Trace => ({ requestId, storeCalls: 0, unknownAttributes: new Set() });

/** Whose data an operation is about, for which request, and until when it may take. No operation of the store goes without. */
export interface Scope {
  readonly directory: string;
  /** Id of the credential that the request came with: where it stopped reading is remembered for it alone. */
  readonly credential: string;
  /** The directory's: a store sees resource types as they are there. */
  readonly settings: Settings;
  /** Milliseconds since 1970 after which no further request to the database is begun. */
  readonly deadline: number;
  readonly trace: Trace;
}

/** Which of the matching resources are wanted; `startIndex` counts from 1 (RFC 7644 section 3.4.2.4). */
export interface Window {
  readonly startIndex: number;
  readonly count: number;
  /** How many of some resources, from the first on, one answer holds; all if absent. */
  readonly fitting?: (resources: readonly StoredResource[]) => Promise<number>;
}

/** Which resources are searched for, and in which order; without one they come in an order that stays. */
export interface Criteria {
  readonly filter?: Filter | undefined;
  readonly sort?: Sort | undefined;
}

export interface Page {
  /**
   * How many there are. A client that reads page after page stops at this number: where others delete meanwhile what it has
   * seen, it is as large as lets it come to the end, and where the end is reached, no larger than what it has seen.
   */
  readonly totalResults: number;
  readonly resources: readonly StoredResource[];
}

/** A member of a group, as it is kept. */
export interface Member {
  readonly id: string;
  /** The name of its resource type; of one that is to be added, where to look for it first. */
  readonly type: string;
}

/** What is kept of somebody as a member of a group, now or once: the store's own business. */
export interface Row {
  readonly type: string;
  /** Of a change of many members at once that has been made, is being made, or was given up. */
  readonly mark?: string;
  /** Whether it is where rows were kept when the group was not large. */
  readonly isOld?: boolean;
}

/** A resource, and what it is called. */
export interface Named {
  readonly id: string;
  readonly name: string;
}

/** A group with members of it; any other resource with none. */
export interface Membership {
  readonly stored: StoredResource;
  readonly members: readonly Member[];
  /** By ids, what is kept of those of whom it is not what is kept of any other member, or of nobody. */
  readonly rows?: ReadonlyMap<string, Row>;
}

/** What becomes of the members of a group. */
export interface MemberChanges {
  readonly additions: readonly Member[];
  readonly removals: readonly Member[];
}

/** That others have changed what had been read before it could be changed, or when some of that was done. */
export type Interrupted = 'outdated' | 'begun';

/**
 * Where resources are kept. Each write happens as a whole or not at all, however many members of a group it is about; but one who is
 * removed, and is in more groups than find place in a transaction, leaves some of them before, and that ends in 503 if it comes no further.
 */
export interface Store {
  /**
   * Gives what is stored. Throws `uniqueness` if a value that must be unique is taken, `invalidValue` for a member that there
   * is not. Nothing is stored if what it is granted is not there, or is not to be granted: the catalogue was another when it was read.
   */
  create(scope: Scope, type: ResourceType, resource: StoredResource, members?: readonly Member[]): Promise<Membership | 'outdated'>;
  get(scope: Scope, type: ResourceType, id: string): Promise<StoredResource | undefined>;
  /**
   * False, and nothing written, if the attributes are not those of `before` any more, `isExact` if its version, or if what it is granted
   * is not there, or is not to be granted. Throws `uniqueness`.
   */
  update(scope: Scope, type: ResourceType, before: StoredResource, after: StoredResource, isExact: boolean): Promise<boolean>;
  /**
   * Writes what became of a group and of its members, and joins and leaves it where they are kept. `before` is what the changes were
   * told from. `isExact` if that is right for the very version alone that was read. Throws `uniqueness`, `invalidValue` for a member
   * that there is not, and `tooMany` for one that is in too many groups.
   */
  updateGroup(
    scope: Scope,
    type: ResourceType,
    before: Membership,
    after: StoredResource,
    changes: MemberChanges,
    isExact: boolean,
  ): Promise<StoredResource | 'outdated'>;
  /**
   * Removes a resource, `isExact` if it is of that version, from all that it is a member of too, and what are its members are none
   * any more. One that is counted as granted to somebody is not what it was: who removes it has looked for them.
   */
  remove(scope: Scope, type: ResourceType, resource: StoredResource, isExact: boolean): Promise<true | Interrupted>;
  /**
   * A group, and which of some ids are members of it, or all members: what a change of members is told from. It waits for somebody who is
   * changing many of them, as that change would have to. While others change them, some may be as before and some as after that.
   */
  getMembers(scope: Scope, type: ResourceType, id: string, ids: readonly string[] | 'all'): Promise<Membership | undefined>;
  /**
   * All members of some groups, of each as they were in one moment, with what the group was then; those that are gone are left out. Of
   * a group that others keep changing, as it was read last.
   */
  getAllMembers(scope: Scope, type: ResourceType, groups: readonly StoredResource[]): Promise<Membership[]>;
  /** The groups that each of some resources is a member of, in the order of ids; those that are gone are left out. */
  groupsOf(scope: Scope, type: ResourceType, resources: readonly StoredResource[]): Promise<readonly (readonly Named[])[]>;
  /** What resources are called, by their ids; those that are gone are left out. */
  names(scope: Scope, type: ResourceType, ids: readonly string[]): Promise<ReadonlyMap<string, string>>;
  /** What there is of some resources that may be granted, and whether their types have any. */
  catalogue(scope: Scope, candidates: readonly Candidate[]): Promise<Catalogue>;
  /** To how many resources of a type another one is granted. Of more than 1,000 some may not have it any more. */
  countHolders(scope: Scope, type: ResourceType, granted: Candidate): Promise<number>;
  /** The ids of those to whom a resource is granted, some at a time. */
  holders(scope: Scope, type: ResourceType, granted: Candidate): AsyncIterable<readonly string[]>;
  /** The resources of a type, those that match the filter if there is one. */
  search(scope: Scope, type: ResourceType, window: Window, criteria?: Criteria): Promise<Page>;
}
