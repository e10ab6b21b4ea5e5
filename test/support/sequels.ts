import { type Directory, patch, remove } from '../../lambdas/directory/operations.ts';
import { group } from '../../lambdas/scim/schemas/group.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { adding, removing } from './group-operations.ts';
import { type Links, linkOf } from './seen-groups.ts';

/*
 * What clients ask for next where a request has died, and what that comes to in a graph of who is a member of what.
 */

export interface Sequel {
  readonly name: string;
  readonly act: (directory: Directory) => Promise<unknown>;
  readonly becomes: (links: Links) => Links;
  /** The error that it ends with, if any. */
  readonly fails?: (links: Links) => number | undefined;
}

/** Links in which one resource is neither end of any, and gone. */
const without =
  (gone: string) =>
  ({ ids, links }: Links): Links => ({
    ids: ids.filter((id) => id !== gone),
    links: links.filter((link) => !link.split(' > ').includes(gone)),
  });

const unlessThere =
  (id: string) =>
  ({ ids }: Links) =>
    ids.includes(id) ? undefined : 404;

/** Removes a resource, if that is there. */
export const removal = (type: ResourceType, id: string): Sequel => ({
  name: `without-${id.slice(0, 3)}`,
  act: (acme) => remove(acme, type, id),
  becomes: without(id),
  fails: unlessThere(id),
});

/** Changes members of a group, if that is there. */
export const changeOf = (name: string, id: string, joins: readonly string[], leaves: readonly string[]): Sequel => ({
  name,
  act: (acme) => patch(acme, group, id, [adding(joins), removing(leaves)]),
  becomes: ({ ids, links }) => {
    const gone = leaves.map((one) => linkOf(id, one));
    const stay = links.filter((link) => !gone.includes(link));
    return { ids, links: [...new Set([...stay, ...joins.map((one) => linkOf(id, one))])].sort() };
  },
  fails: unlessThere(id),
});
