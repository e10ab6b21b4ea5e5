import { isIP } from 'node:net';

/** The version of a range's addresses. `undefined` if the text is none that WAF takes: an address, a slash, and from 1 to 32 or 128. */
export function versionOfRange(text: string): 4 | 6 | undefined {
  const [, address = '', bits] = /^([^/%]+)\/([1-9]\d{0,2})$/.exec(text) ?? [];
  const version = isIP(address);
  if (version === 4) return Number(bits) <= 32 ? 4 : undefined;
  return version === 6 && Number(bits) <= 128 ? 6 : undefined;
}
