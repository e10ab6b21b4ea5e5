import type { Precondition } from '../directory/operations.ts';

type Headers = ReadonlyMap<string, string>;

/** What `If-Match` demands (RFC 7232 section 3.1); none without the header. */
export const ifMatch = (headers: Headers): Precondition | undefined => namedBy(headers.get('if-match'));

/** Which versions the client has already, as `If-None-Match` says (RFC 7232 section 3.2); none without the header. */
export const ifNoneMatch = (headers: Headers): Precondition | undefined => namedBy(headers.get('if-none-match'));

/** With the weak comparison that SCIM's ETags need. `*` names every version. */
function namedBy(header: string | undefined): Precondition | undefined {
  if (header === undefined) return undefined;
  if (header.trim() === '*') return () => true;
  const tags = new Set(header.split(',').map(opaqueTag));
  return (etag) => tags.has(opaqueTag(etag));
}

const opaqueTag = (etag: string) => etag.trim().replace(/^W\//i, '').replaceAll('"', '');
