import { groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { userSchema } from '../../lambdas/scim/schemas/user.ts';
import type { TestResponse } from './events.ts';
import type { ResourceFunction } from './resource-function.ts';

/** An id that nothing has. */
export const NOBODY = '26118915-6090-4610-87e4-49d8ca9f808d';

/** Where a group's members are, as a client writes them. */
export const membersOf = (...ids: readonly string[]): { value: string }[] => ids.map((value) => ({ value }));

/** Ids in the order of answers. */
export const inOrder = (...ids: readonly string[]): string[] => [...ids].sort();

type Id = { readonly id: string };

/** What tests of groups ask of the functions of users and groups; each request must succeed, but for those of `tryTo`. */
export function groupClient({ send }: ResourceFunction) {
  let users = 0;
  const body = (displayName: string, ids: readonly string[], more: object = {}) => ({
    schemas: [groupSchema.id],
    displayName,
    members: membersOf(...ids),
    ...more,
  });
  const patchOp = (Operations: readonly object[]) => ({ schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations });
  const get = async (path: string) => requireSuccess(await send({ path })).body;
  const tryTo = {
    post: (displayName: string, members: unknown, headers = {}) =>
      send({ method: 'POST', path: '/Groups', headers, body: { schemas: [groupSchema.id], displayName, members } }),
    put: (id: string, displayName: string, members: unknown, headers = {}) =>
      send({ method: 'PUT', path: `/Groups/${id}`, headers, body: { schemas: [groupSchema.id], displayName, members } }),
    patch: (id: string, ...operations: readonly object[]) => send({ method: 'PATCH', path: `/Groups/${id}`, body: patchOp(operations) }),
  };
  return {
    tryTo,
    patchOp,
    get,
    /** The id of a new user. */
    async user(more: object = {}): Promise<string> {
      const userName = `user${++users}@example.com`;
      return requireSuccess(await send({ method: 'POST', path: '/Users', body: { schemas: [userSchema.id], userName, ...more } })).body.id;
    },
    /** A new group, as the answer to its POST shows it. */
    async group(displayName: string, ids: readonly string[] = [], more: object = {}) {
      return requireSuccess(await send({ method: 'POST', path: '/Groups', body: body(displayName, ids, more) })).body;
    },
    async patch(id: string, ...operations: readonly object[]): Promise<TestResponse> {
      return requireSuccess(await tryTo.patch(id, ...operations));
    },
    /** The ids of the members that a group shows, in its order. */
    members: async (id: string): Promise<string[]> => valuesOf((await get(`/Groups/${id}`)).members),
    /** The ids of the groups that a user shows, in its order. */
    groups: async (id: string): Promise<string[]> => valuesOf((await get(`/Users/${id}`)).groups),
    version: async (path: string): Promise<string> => (await get(path)).meta.version,
    /** The ids that a search for groups finds. */
    find: async (query: string): Promise<string[]> => (await get(`/Groups?${query}`)).Resources.map((one) => (one as Id).id),
  };
}

const valuesOf = (references: unknown): string[] => ((references ?? []) as { value: string }[]).map(({ value }) => value);

function requireSuccess(response: TestResponse): TestResponse {
  if (response.status >= 300) throw new Error(`answered ${response.status}: ${JSON.stringify(response.body)}`);
  return response;
}
