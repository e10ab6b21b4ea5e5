import { integer, string } from './attribute.ts';
import { entitlement, entitlementType } from './entitlement.ts';
import type { ResourceType } from './resource-type.ts';

/*
 * The types of entitlements that the application has. This file is the vendor's to change, and the only one that has to be: routes,
 * schemas, discovery and the grants of users follow from it. License and Profile are examples. See docs/entitlements.md.
 */

const license = entitlementType({
  name: 'License',
  endpoint: '/Licenses',
  description: 'What a user pays for',
  extensions: [
    {
      required: false,
      schema: {
        id: 'urn:example:scim:schemas:extension:app:1.0:License',
        name: 'LicenseDetails',
        description: 'What a license is made of',
        attributes: [
          string('sku', 'The number under which it is sold.', { caseExact: true }),
          integer('monthlyPriceCents', 'What it costs for a month.'),
        ],
      },
    },
  ],
});

const profile = entitlementType({
  name: 'Profile',
  endpoint: '/Profiles',
  description: 'What a user sees first: one for each user',
  mostPerUser: 1,
});

/** In the order in which `/ResourceTypes` lists them. */
export const entitlementTypes: readonly ResourceType[] = [entitlement, license, profile];
