import { create } from '../../lambdas/directory/operations.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { directoryOn, givingId, type TestTable } from './test-table.ts';

/*
 * Directories that have the same ids, names and members, and strangers, whom one alone has. What a request for a stranger is to be told
 * from is the same request for `nobody`: the words and ids of the two differ and have the same length.
 */

export type Who = 'shared' | 'stranger' | 'nobodies';

const UUIDS: Readonly<Record<Who, string>> = { shared: '50000000-', stranger: '70000000-', nobodies: '79999999-' };

/** The same in all directories. */
export const idFor = ({ name, givenIds }: ResourceType, who: Who): string =>
  givenIds
    ? `${who}-${name}`
    : `${UUIDS[who]}0000-4000-8000-${String(resourceTypes.findIndex((type) => type.name === name)).padStart(12, '0')}`;

/** The same text about what nobody has. */
export const ofNobody = (text: string): string => text.replaceAll('stranger', 'nobodies').replaceAll(UUIDS.stranger, UUIDS.nobodies);

export const typeNamed = (wanted: string): ResourceType => {
  const type = resourceTypes.find(({ name }) => name === wanted);
  if (!type) throw new Error(`there is no type ${wanted}`);
  return type;
};

/** What a resource is granted that may be granted everything, as a client writes it. */
const grantsFor = (type: ResourceType, who: Who) =>
  type.grants.map(({ attribute, types, typed }) => [
    attribute,
    types.map((granted) => ({ value: idFor(granted, who), ...(typed && { type: granted.name }) })),
  ]);

/** A resource as a client writes it: the same in all directories, but for what only its directory says of it. */
export const bodyFor = (type: ResourceType, who: Who, secret = ''): Record<string, unknown> => ({
  schemas: [type.schema.id],
  displayName: `${who} ${type.name}`,
  externalId: `${who}-external`,
  ...(type.givenIds && { id: idFor(type, who), description: secret }),
  ...(type.name === 'User' && { userName: `${who}@example.com`, emails: [{ value: `${who}@example.com` }], title: secret }),
  ...(type.members && { members: [{ value: idFor(typeNamed('User'), who) }] }),
  ...Object.fromEntries(grantsFor(type, who)),
});

const need = ({ members, grants }: ResourceType) => (members ? 2 : grants.length > 0 ? 1 : 0);
/** What is granted comes before those who have it, and they before those whose members they are. */
const inOrderOfNeed = [...resourceTypes].sort((a, b) => need(a) - need(b));

/** Puts a resource of each type into a directory, under the ids of `who`. */
export async function populate(table: TestTable, directory: string, who: Who, secret: string): Promise<void> {
  for (const type of inOrderOfNeed)
    await create(givingId(directoryOn(table, directory), idFor(type, who)), type, bodyFor(type, who, secret));
}
