import scimPatchLibrary, { type ScimPatchOperation, type ScimResource } from 'scim-patch';
import type { JsonObject } from '../../../lambdas/scim/json.ts';
import type { Operation } from '../../../lambdas/scim/patch/actions.ts';
import { patchByValue } from '../../../lambdas/scim/patch/by-value.ts';
import { patch } from '../../../lambdas/scim/patch/patch.ts';
import { type Attribute, attributeNamed } from '../../../lambdas/scim/schemas/attribute.ts';
import { enterpriseUserSchema } from '../../../lambdas/scim/schemas/enterprise-user.ts';
import { group } from '../../../lambdas/scim/schemas/group.ts';
import { user } from '../../../lambdas/scim/schemas/user.ts';
import { figure } from '../../support/figure.ts';
import { userResources } from '../../support/users.ts';
import { inTurn, median, medianOfMany } from '../measure.ts';
import { digits, progress, type Row, type Section } from '../report.ts';

const { scimPatch } = scimPatchLibrary;
const TIMES_AS_FAST = 5;
const MEMBERS = 50_000;
const LIMIT_MS = 200;

/** PATCHes of one attribute, on whose results both sides agree for either user. */
const OPERATIONS: readonly Operation[] = [
  { op: 'replace', value: { active: false } },
  { op: 'replace', path: 'active', value: false },
  { op: 'add', path: 'nickName', value: 'Ada' },
  { op: 'replace', path: 'name.familyName', value: 'King' },
  { op: 'replace', path: 'name', value: { familyName: 'King', middleName: 'B.' } },
  { op: 'replace', path: `${enterpriseUserSchema.id}:department`, value: 'Maths' },
  { op: 'replace', path: 'emails[type eq "work"].value', value: 'ada@example.net' },
  { op: 'add', path: 'phoneNumbers[type eq "pager"].value', value: '555-0101' },
  { op: 'add', path: 'emails', value: [{ value: 'ada@example.net', type: 'other' }] },
  { op: 'replace', path: 'emails', value: [{ value: 'ada@example.net', type: 'work' }] },
  { op: 'remove', path: 'displayName' },
  { op: 'remove', path: 'emails[type eq "home"]' },
];

const patchOurs = (resource: JsonObject, operation: Operation): JsonObject => patch(user, resource, [operation]).resource;

/** Leaves the resource as it is, as ours does: it would change it in place otherwise, half of it where an operation fails. */
const patchTheirs = (resource: JsonObject, operation: Operation): JsonObject =>
  scimPatch(resource as unknown as ScimResource, [operation as ScimPatchOperation], {
    mutateDocument: false,
    treatMissingAsAdd: true,
  }) as unknown as JsonObject;

export function patchSections(): Section[] {
  const full = bodyOf(figure('8.3'));
  const small = bodyOf(userResources(1)[0] as JsonObject);
  // All of them before any is measured: a function that has seen one kind only is faster than it is in a service.
  for (const operation of OPERATIONS) for (const resource of [full, small]) requireAgreement(resource, operation);
  for (let round = 0; round < 2_000; round++) {
    for (const operation of OPERATIONS) {
      patchOurs(full, operation);
      patchTheirs(full, operation);
    }
  }
  const columns = ['operation', 'ours µs', 'scim-patch µs', 'ratio'];
  return [
    {
      title: `PATCH of one attribute of the user of RFC 7643 section 8.3. Bar: ${TIMES_AS_FAST} times as fast as scim-patch`,
      columns,
      rows: OPERATIONS.map((operation) => operationRow(full, operation)),
    },
    {
      title: 'PATCH of one attribute of a user with fewer, for information',
      columns,
      rows: OPERATIONS.map((operation) => ({ cells: operationRow(small, operation).cells })),
    },
    {
      title: `PATCH of ${MEMBERS} members, computed. Bar: under ${LIMIT_MS} ms`,
      columns: ['operation', 'without those that are there ms', `with ${MEMBERS} ms`],
      rows: MEMBER_OPERATIONS.map(memberRow),
    },
  ];
}

/** A resource as it is kept. */
const bodyOf = ({ schemas: _, id: __, meta: ___, ...body }: JsonObject): JsonObject => body;

function requireAgreement(resource: JsonObject, operation: Operation): void {
  const [ours, theirs] = [patchOurs, patchTheirs].map((apply) => sorted(apply(resource, operation)));
  if (ours !== theirs) throw new Error(`${JSON.stringify(operation)}: ${ours} here, ${theirs} in scim-patch`);
}

const sorted = (resource: JsonObject): string => JSON.stringify(Object.entries(resource).sort(([a], [b]) => (a < b ? -1 : 1)));

function operationRow(resource: JsonObject, operation: Operation): Row {
  const name = JSON.stringify(operation).replace(enterpriseUserSchema.id, '…');
  progress(`patch ${name}`);
  const microseconds = (apply: typeof patchOurs) => () => 1_000 * medianOfMany(() => apply(resource, operation), 200);
  const { times, ratio } = inTurn([microseconds(patchOurs), microseconds(patchTheirs)]);
  return { cells: [name, ...times.map(digits), ratio.toFixed(1)], met: ratio >= TIMES_AS_FAST };
}

const members = attributeNamed(group.attributes, 'members') as Attribute;
const idOf = (n: number) => `00000000-0000-4000-8000-${String(n).padStart(12, '0')}`;
const range = (from: number, count = MEMBERS) => Array.from({ length: count }, (_, n) => ({ value: idOf(from + n), type: 'User' }));

/** Half of the members that are named are there, so that both what is new and what is known is measured. */
const there = range(0);
const named = range(MEMBERS / 2);

const MEMBER_OPERATIONS: readonly (readonly [string, readonly Operation[]])[] = [
  ['add', [{ op: 'add', path: 'members', value: named }]],
  ['remove by value', [{ op: 'remove', path: 'members', value: named }]],
  ['replace', [{ op: 'replace', path: 'members', value: named }]],
  ['replace without a path', [{ op: 'replace', value: { displayName: 'Guides', members: named } }]],
  [
    'remove 500 by a filter each, and add 500 singly',
    range(0, 500).flatMap(({ value }, n) => [
      { op: 'remove', path: `members[value eq "${value}"]` },
      { op: 'add', path: 'members', value: [named[n]] },
    ]),
  ],
];

function memberRow([name, operations]: (typeof MEMBER_OPERATIONS)[number]): Row {
  progress(`patch members: ${name}`);
  const body = { displayName: 'Tour Guides' };
  const apart = median(() => patchByValue(group, operations, members).apply(body));
  // Many operations are what the other way is there for: one after the other, each would look at every member.
  const isOne = operations.length === 1;
  const whole = isOne ? median(() => patch(group, { ...body, members: there }, operations)) : undefined;
  return { cells: [name, digits(apart), whole === undefined ? '-' : digits(whole)], met: Math.max(apart, whole ?? 0) < LIMIT_MS };
}
