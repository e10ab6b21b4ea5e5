import type { Member, Scope } from '../directory/store.ts';
import type { StoredResource } from '../scim/resource.ts';
import { FORMAT, type MembershipItem } from './items.ts';
import { GROUP, membershipKey, resourceKey } from './keys.ts';
import { MAX_WRITES, type Write } from './send.ts';

/** How many groups a resource may be a direct member of: their ids are on its item. */
export const MAX_GROUPS = 1_000;

/** The most members that one transaction adds and removes: each is two items of it. */
const MAX_MEMBERS = 48;

/** How many members find place in a transaction beside some other writes. */
export const membersBeside = (others: number): number => Math.min(MAX_MEMBERS, Math.floor((MAX_WRITES - others) / 2));

/** A group, as far as where its rows are. */
export type Rows = Pick<StoredResource, 'id' | 'fan'>;

/** One of the writes by which a member joins or leaves a group: of the row that says so, or of the member's own item. */
export interface MemberWrite {
  readonly of: 'row' | 'item';
  readonly member: Member;
  readonly write: Write;
}

/** Each is refused if the member is in the group already, there is none, or it is in too many groups. */
export const joining = ({ directory }: Scope, { id, fan = 1 }: Rows, members: readonly Member[]): MemberWrite[] =>
  members.flatMap((member): MemberWrite[] => {
    const Item: MembershipItem = { ...membershipKey(directory, id, fan, member.id), type: member.type, format: FORMAT };
    const join: Write = {
      Update: {
        Key: resourceKey(directory, { name: member.type }, member.id),
        UpdateExpression: 'ADD groupIds :group, version :one',
        ConditionExpression: 'attribute_exists(pk) AND (attribute_not_exists(groupIds) OR size(groupIds) < :most)',
        ExpressionAttributeValues: { ':group': new Set([id]), ':one': 1, ':most': MAX_GROUPS },
      },
    };
    return [
      { of: 'row', member, write: { Put: { Item, ConditionExpression: 'attribute_not_exists(pk)' } } },
      { of: 'item', member, write: join },
    ];
  });

/** Each is refused if the member is not in the group, or there is none. */
export const leaving = (scope: Scope, group: Rows, members: readonly Member[]): MemberWrite[] =>
  members.flatMap((member): MemberWrite[] => [
    { of: 'row', member, write: removalOfRow(scope, group, member) },
    { of: 'item', member, write: leavingAll(scope, member, [group.id]) },
  ]);

const removalOfRow = ({ directory }: Scope, { id, fan = 1 }: Rows, member: Member): Write => ({
  Delete: { Key: membershipKey(directory, id, fan, member.id), ConditionExpression: 'attribute_exists(pk)' },
});

/** The write by which a member leaves some groups. */
export const leavingAll = ({ directory }: Scope, { id, type }: Member, groupIds: readonly string[]): Write => ({
  Update: {
    Key: resourceKey(directory, { name: type }, id),
    UpdateExpression: 'DELETE groupIds :groups ADD version :one',
    ConditionExpression: 'attribute_exists(pk)',
    ExpressionAttributeValues: { ':groups': new Set(groupIds), ':one': 1 },
  },
});

/** The two writes by which a group loses a member that is going to be removed itself: of the row, and of the group. */
export const losing = (scope: Scope, group: Rows, member: Member): Write[] => [
  removalOfRow(scope, group, member),
  {
    Update: {
      Key: resourceKey(scope.directory, GROUP, group.id),
      UpdateExpression: 'SET lastModified = :now ADD #version :one, #size :less',
      ConditionExpression: `${MEMBERS_MAY_CHANGE} AND fan = :fan`,
      ExpressionAttributeNames: { '#version': 'version', '#size': 'size' },
      ExpressionAttributeValues: { ':now': new Date().toISOString(), ':one': 1, ':less': -1, ':fan': group.fan ?? 1 },
    },
  },
];

/** The group is there, and nobody is about to change many of its members at once. */
export const MEMBERS_MAY_CHANGE = 'attribute_exists(pk) AND attribute_not_exists(changing)';
