/**
 * The address under which clients reach the service, as it stands in front of `/{directory}/scim/v2`. Throws a `RangeError`
 * that names `setting` for what is no such address.
 */
export function parseBaseUrl(text: string, setting: string): string {
  const url = URL.canParse(text) ? new URL(text) : undefined;
  const isPlain = url && /^https?:$/.test(url.protocol) && !url.search && !url.hash && !url.username && !url.password;
  if (!isPlain || /\/scim(\/|$)|%7B/i.test(url.pathname))
    throw new RangeError(`${setting}: expected an address such as https://scim.example.com, without /{directory}/scim/v2, got ${text}`);
  return `${url.origin}${url.pathname}`.replace(/\/+$/, '');
}
