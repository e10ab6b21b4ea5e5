import { readFileSync } from 'node:fs';
import type { JsonObject } from '../../lambdas/scim/json.ts';

/** A figure of RFC 7643 section 8. */
export const figure = <Figure = JsonObject>(section: string): Figure =>
  JSON.parse(readFileSync(new URL(`../scim/golden/rfc7643-${section}.json`, import.meta.url), 'utf8'));
