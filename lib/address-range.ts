import ipaddr from 'ipaddr.js';

/**
 * Whether WAF takes a text as a range of addresses: one that begins at its first address, and is not all there are. IPv4 alone, as
 * API Gateway serves the API to no other here.
 */
export const isAddressRange = (text: string): boolean =>
  ipaddr.IPv4.isValidCIDRFourPartDecimal(text) &&
  !text.endsWith('/0') &&
  text === `${ipaddr.IPv4.networkAddressFromCIDR(text)}/${Number(text.split('/')[1])}`;

/** What was expected of a text that is none. */
export const ADDRESS_RANGE = 'IPv4 addresses such as 203.0.113.0/24 or 198.51.100.7/32, each range beginning at its first address';
