import type { JsonObject } from '../../lambdas/scim/json.ts';
import { represent } from '../../lambdas/scim/resource.ts';
import { enterpriseUserSchema } from '../../lambdas/scim/schemas/enterprise-user.ts';
import { user, userSchema } from '../../lambdas/scim/schemas/user.ts';

/*
 * Made-up users, as an identity provider sends them: always the same ones, and as many as are asked for.
 */

const GIVEN = ['Ada', 'Grace', 'Edsger', 'Barbara', 'Alan', 'Katherine', 'Donald', 'Margaret', 'Dennis', 'Frances', 'Zoë', 'Noël'];
const FAMILY = [
  'Lovelace',
  'Hopper',
  'Dijkstra',
  'Liskov',
  'Turing',
  'Johnson',
  'Knuth',
  'Hamilton',
  'Ritchie',
  'Allen',
  'Nuñez',
  'Ångström',
];
const TITLES = ['Engineer', 'Manager', 'Analyst', undefined];
const DEPARTMENTS = ['Engineering', 'Sales', 'Support', 'Finance', 'Legal'];
const START = Date.UTC(2026, 0, 1);
const MINUTE = 60_000;

/** Goes through a list in steps of its own, so that what one user has says nothing of what else it has. */
const pick = <T>(list: readonly T[], n: number, step: number): T => list[Math.floor(n / step) % list.length] as T;

/** The body of a POST for the n-th user. */
export function userBody(n: number): Record<string, unknown> {
  const givenName = pick(GIVEN, n, 1);
  const familyName = pick(FAMILY, n, 7);
  const title = pick(TITLES, n, 3);
  const address = `${givenName}.${familyName}.${n}`.toLowerCase();
  return {
    schemas: [userSchema.id, enterpriseUserSchema.id],
    userName: `${address}@example.com`,
    externalId: `00u${n.toString(36).padStart(17, '0')}`,
    name: { givenName, familyName, formatted: `${givenName} ${familyName}` },
    displayName: `${givenName} ${familyName}`,
    ...(title && { title }),
    locale: 'en-US',
    active: n % 10 !== 0,
    emails: [
      { value: `${address}@${n % 4 === 0 ? 'example.org' : 'example.com'}`, type: 'work', primary: true },
      { value: `${address}@home.example`, type: 'home' },
    ],
    phoneNumbers: [{ value: `+1-201-555-${String(n % 10_000).padStart(4, '0')}`, type: 'work' }],
    [enterpriseUserSchema.id]: {
      employeeNumber: String(100_000 + n),
      department: pick(DEPARTMENTS, n, 5),
      manager: { value: `00000000-0000-4000-8000-${String(n % 100).padStart(12, '0')}` },
    },
  };
}

/** The n-th user as a client sees it before projection. */
function userResource(n: number): JsonObject {
  const { schemas: _, ...body } = userBody(n);
  const created = new Date(START + n * MINUTE).toISOString();
  const lastModified = new Date(START + ((n * 7_919) % 10_000) * 30 * MINUTE).toISOString();
  const id = `00000000-0000-4000-9000-${String(n).padStart(12, '0')}`;
  return represent(user, { id, rev: 1, version: 1, created, lastModified, body: body as JsonObject });
}

export const userResources = (count: number): JsonObject[] => Array.from({ length: count }, (_, n) => userResource(n));
