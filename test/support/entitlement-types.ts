import { assignmentsSchema } from '../../lambdas/scim/schemas/assignments.ts';
import { entitlement, entitlementType } from '../../lambdas/scim/schemas/entitlement.ts';

/*
 * What a vendor may make of `entitlement-types.ts`. A test file that wants it puts it in the place of that file before anything else is
 * imported.
 */

const license = entitlementType({ name: 'License', endpoint: '/Licenses', description: 'Any number for each user' });

const profile = entitlementType({ name: 'Profile', endpoint: '/Profiles', description: 'One for each user', mostPerUser: 1 });

/** Of each there may be so many. */
const seat = entitlementType({
  name: 'Seat',
  endpoint: '/Seats',
  description: 'Counted',
  extensions: [{ schema: assignmentsSchema, required: false }],
});

export const entitlementTypes = [entitlement, license, profile, seat];
