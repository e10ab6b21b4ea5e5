import { assignmentsSchema } from '../../lambdas/scim/schemas/assignments.ts';
import { string } from '../../lambdas/scim/schemas/attribute.ts';
import { entitlementType } from '../../lambdas/scim/schemas/entitlement.ts';

export const seat = entitlementType({
  name: 'Seat',
  endpoint: '/Seats',
  description: 'Places in the product, which are bought by the dozen',
  mostPerUser: 1,
  indexed: ['urn:example:scim:schemas:extension:app:1.0:Seat:plan'],
  extensions: [
    {
      required: true,
      schema: {
        id: 'urn:example:scim:schemas:extension:app:1.0:Seat',
        name: 'SeatDetails',
        description: 'What a seat is',
        attributes: [
          string('plan', 'The plan that the seat belongs to.', { required: true }),
          string('costCenter', 'Who pays for it.', { caseExact: true }),
        ],
      },
    },
    { required: false, schema: assignmentsSchema },
  ],
});
