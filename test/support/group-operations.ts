import type { Operation } from '../../lambdas/scim/patch/actions.ts';
import { groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { membersOf } from './groups.ts';

/*
 * What identity providers send of groups. Most say of a member no more than its id.
 */

/** The body of a POST or a PUT. */
export const groupBody = (displayName: string, ids: readonly string[] = [], more: object = {}) => ({
  schemas: [groupSchema.id],
  displayName,
  ...more,
  members: membersOf(...ids),
});

export const adding = (ids: readonly string[]): Operation => ({ op: 'add', path: 'members', value: membersOf(...ids) });
export const removing = (ids: readonly string[]): Operation => ({ op: 'remove', path: 'members', value: membersOf(...ids) });
export const setting = (ids: readonly string[]): Operation => ({ op: 'replace', path: 'members', value: membersOf(...ids) });
export const renaming = (displayName: string): Operation => ({ op: 'replace', path: 'displayName', value: displayName });
