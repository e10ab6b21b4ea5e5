import { groupSchema } from '../../../lambdas/scim/schemas/group.ts';
import type { TestRequest } from '../../support/events.ts';
import { userBody } from '../../support/users.ts';
import { idOf } from '../scale/load.ts';

/** How many users the directory has: several pages, and no more than load in seconds. */
export const USERS = 1_000;

/** One request that is measured, at a user of its own: what one has written, no other one reads. */
export interface Scenario {
  readonly name: string;
  readonly request: TestRequest;
  readonly status: number;
  /** How many times the bare client's time the handler may take; without one it is for information. */
  readonly bar?: number;
}

/** A group before it is measured. */
export const TEAM: TestRequest = {
  method: 'POST',
  path: '/Groups',
  body: { schemas: [groupSchema.id], displayName: 'Team', members: Array.from({ length: 20 }, (_, n) => ({ value: idOf(n) })) },
};

const patchOf = (path: string, ...Operations: readonly object[]): TestRequest => ({
  method: 'PATCH',
  path,
  body: { schemas: ['urn:ietf:params:scim:api:messages:2.0:PatchOp'], Operations },
});

const nameOf = (n: number) => JSON.stringify(userBody(n).userName);

/** The requests that identity providers send most, and the bars that some of them have. */
export const scenarios = (groupId: string): readonly Scenario[] => [
  { name: 'GET /Users/{id}', request: { path: `/Users/${idOf(101)}` }, status: 200, bar: 1.5 },
  {
    name: 'GET /Users?filter=userName eq',
    request: { path: `/Users?filter=${encodeURIComponent(`userName eq ${nameOf(102)}`)}` },
    status: 200,
    bar: 1.5,
  },
  { name: 'GET /Users?count=100', request: { path: '/Users?count=100' }, status: 200, bar: 1.6 },
  { name: 'PATCH /Users/{id}', request: patchOf(`/Users/${idOf(103)}`, { op: 'replace', path: 'active', value: false }), status: 200 },
  {
    name: 'PATCH /Groups/{id}, one member',
    request: patchOf(`/Groups/${groupId}`, { op: 'add', path: 'members', value: [{ value: idOf(104) }] }),
    status: 204,
    bar: 1.5,
  },
  { name: 'POST /Users', request: { method: 'POST', path: '/Users', body: userBody(USERS) }, status: 201 },
];
