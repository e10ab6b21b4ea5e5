import type { Precondition } from '../directory/operations.ts';

/** What `If-Match` demands (RFC 7232 section 3.1, with the weak comparison that SCIM's ETags need); none without the header. */
export function ifMatch(headers: ReadonlyMap<string, string>): Precondition | undefined {
  const header = headers.get('if-match')?.trim();
  if (header === undefined || header === '*') return undefined;
  const wanted = new Set(header.split(',').map(opaqueTag));
  return (etag) => wanted.has(opaqueTag(etag));
}

const opaqueTag = (etag: string) => etag.trim().replace(/^W\//, '').replaceAll('"', '');
