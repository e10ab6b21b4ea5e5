import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import type { Place } from '../../lambdas/store/keys.ts';
import type { RawItem } from './test-table.ts';

/** An item as it lies in a table, where that is, and the type that it is kept for. */
export type Known<K extends Place['kind']> = {
  readonly item: RawItem;
  readonly place: Extract<Place, { kind: K }>;
  readonly type: ResourceType;
};

export interface Strictness {
  /**
   * Whether nothing may lead nowhere, as after a repair; before that, entries that need not be unique may, and so may what says who is a
   * member of a group that is gone, and what large changes of groups leave for others to tidy up.
   */
  readonly afterRepair?: boolean;
}

export const textOf = ({ pk, sk }: { readonly pk: string; readonly sk: string }) => `${pk} / ${sk}`;
