import { assignmentsSchema } from '../../lambdas/scim/schemas/assignments.ts';
import { integer, string } from '../../lambdas/scim/schemas/attribute.ts';
import { entitlement, entitlementType } from '../../lambdas/scim/schemas/entitlement.ts';

/*
 * What a vendor may make of `entitlement-types.ts`, with a type whose every attribute says something. A test file that wants it puts it
 * in the place of that file before anything else is imported.
 */

export const BADGE_URN = 'urn:example:scim:schemas:extension:doors:1.0:Badge';

const badge = entitlementType({
  name: 'Badge',
  endpoint: '/Badges',
  description: 'Opens doors: two for each user',
  mostPerUser: 2,
  indexed: [`${BADGE_URN}:building`],
  extensions: [
    {
      required: true,
      schema: {
        id: BADGE_URN,
        name: 'BadgeDetails',
        description: 'What a badge opens',
        attributes: [
          string('building', 'Where it opens doors.', { required: true, maxLength: 20 }),
          string('chip', 'The number of its chip.', { uniqueness: 'server', caseExact: true }),
          integer('doors', 'How many it opens.'),
        ],
      },
    },
    { required: false, schema: assignmentsSchema },
  ],
});

export const entitlementTypes = [entitlement, badge];
