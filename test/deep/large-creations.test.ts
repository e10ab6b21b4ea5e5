import { describe, expect, test } from '@jest/globals';
import { create } from '../../lambdas/directory/operations.ts';
import { group, groupSchema } from '../../lambdas/scim/schemas/group.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { first, hold, loseAnswer, once } from '../support/disturbances.ts';
import { eachOnFreshTable } from '../support/fresh-table.ts';
import { commits, largeChanges, marksRows, STEPS, settlesMembers, settlesRows, stages, takesLease } from '../support/large-requests.ts';
import type { TestTable } from '../support/test-table.ts';

/*
 * A group is created with more members than find place in a transaction: as a whole, or not at all.
 */

let table: TestTable;
const { acme, newUsers, newGroup, remove, found, groupsShown, expectMembers } = largeChanges(() => table);
eachOnFreshTable((fresh) => {
  table = fresh;
});

describe('a POST of many members', () => {
  const groups = () => found(group, 'displayName pr');
  /** What there is of any member. */
  const left = async () =>
    (await table.items()).filter(
      ({ pk, staged, groupIds }) => pk.startsWith('acme#members#') || staged !== undefined || groupIds !== undefined,
    );

  test('is seen by nobody before it is committed, and by everybody after it', async () => {
    const ids = await newUsers(5);
    const [one = ''] = ids;
    const look = async () => {
      expect(await groups()).toEqual([]);
      expect(await found(group, `members.value eq "${one}"`)).toEqual([]);
      expect(await found(user, 'groups pr')).toEqual([]);
      expect([...(await groupsShown()).values()].flat()).toEqual([]);
    };
    using _1 = table.disturb(hold(first(commits), look));
    const check = async () => {
      const [id = ''] = await groups();
      await expectMembers(id, ids);
    };
    using _2 = table.disturb(hold(first(settlesMembers), check));
    using _3 = table.disturb(hold(first(settlesRows), check));
    const id = await newGroup(ids);
    expect(await groups()).toEqual([id]);
    await expectMembers(id, ids);
  });

  test('whose name is taken by then leaves nothing', async () => {
    const ids = await newUsers(5);
    const unique = () => ({ ...acme(), settings: { uniqueGroupNames: true } });
    const post = (members: readonly string[]) =>
      create(unique(), group, { schemas: [groupSchema.id], displayName: 'Staff', members: members.map((value) => ({ value })) });
    let other = '';
    using _ = table.disturb(
      hold(first(commits), async () => {
        other = (await post([])).id;
      }),
    );
    await expect(post(ids)).rejects.toMatchObject({ status: 409, scimType: 'uniqueness' });
    expect(await groups()).toEqual([other]);
    expect(await left()).toEqual([]);
  });

  test('one of whom is gone by then names who is gone, and leaves nothing', async () => {
    const ids = await newUsers(5);
    const [gone = ''] = ids;
    using _ = table.disturb(
      hold(
        stages,
        once(() => remove(user, gone)),
      ),
    );
    await expect(newGroup(ids)).rejects.toMatchObject({ status: 400, message: expect.stringContaining(gone) });
    expect(await left()).toEqual([]);
  });

  test.each(STEPS.filter(({ matches }) => matches !== takesLease && matches !== marksRows))(
    'is made once where the answer to $name is lost',
    async ({ matches }) => {
      const ids = await newUsers(5);
      {
        using _ = table.disturb(loseAnswer(first(matches)));
        await expectMembers(await newGroup(ids), ids);
      }
      expect(await groups()).toHaveLength(1);
    },
  );

  test('may be deleted at once, before and after it is tidied up', async () => {
    const ids = await newUsers(5);
    {
      using _ = table.disturb(
        hold(first(settlesMembers), async () => {
          const [id = ''] = await groups();
          await remove(group, id);
        }),
      );
      await newGroup(ids);
    }
    await remove(group, await newGroup(ids));
    expect(await groups()).toEqual([]);
    expect(await left()).toEqual([]);
  });
});
