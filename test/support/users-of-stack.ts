import { userSchema } from '../../lambdas/scim/schemas/user.ts';
import { processesWith, type Started } from './npm-start.ts';

export const bearer = (token: string) => ({ Authorization: `Bearer ${token}` });
/** Makes a user as the identity provider would. */
export const post = (stack: Started, userName: string) =>
  fetch(`${stack.baseUrl}/Users`, {
    method: 'POST',
    headers: { ...bearer(stack.token), 'Content-Type': 'application/scim+json' },
    body: JSON.stringify({ schemas: [userSchema.id], userName }),
  });
/** Lists users as Okta would. */
export const list = async (stack: Started, query = '', token = stack.token) => {
  const response = await fetch(`${stack.baseUrl}/Users?${query}`, { headers: bearer(token) });
  return (await response.json()) as { totalResults: number; Resources: Record<string, unknown>[] };
};
/** Java and its keeper, which name the data folder on their command lines. */
export const leftovers = (folder: string) => processesWith(`${folder}/dynamodb`);
