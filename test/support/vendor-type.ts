import { boolean, complex, many, string } from '../../lambdas/scim/schemas/attribute.ts';
import { typeWithExtension } from './rfc.ts';

const parts = [
  string('a', ''),
  string('fixed', '', { mutability: 'immutable' }),
  string('own', '', { mutability: 'readOnly' }),
  string('secret', '', { mutability: 'writeOnly' }),
];
const value = string('value', '');
export const VENDOR_URN = 'urn:example:2.0:More';
const more = {
  id: VENDOR_URN,
  name: 'More',
  description: '',
  attributes: [
    ...parts,
    string('x', '', { required: true }),
    string('y', '', { required: true }),
    many('things', '', [value, string('type', ''), boolean('primary', ''), string('tags', '', { multiValued: true })]),
  ],
};
/** What a vendor may declare, and no user or group has: each mutability in complex values and in an extension, and what labels values. */
export const vendorType = typeWithExtension(
  more,
  false,
  complex('bare', '', parts),
  complex('led', '', [value, ...parts]),
  many('labels', '', [string('type', ''), string('display', '')]),
  many('kept', '', [value, string('dropped', '', { discarded: true })]),
);
