import * as z from 'zod/mini';
import { parseBaseUrl } from './base-url.ts';

/** From the command line everything comes as text. */
const wholeNumber = (least: number, most: number) =>
  z.pipe(z.union([z.number(), z.pipe(z.string().check(z.regex(/^\d+$/)), z.transform(Number))]), z.int().check(z.gte(least), z.lte(most)));

/** The context keys of the CDK app: what each may be, and how that is said to somebody who gave something else. */
const KEYS = {
  baseUrl: {
    schema: z.pipe(
      z.string(),
      z.transform((text: string) => parseBaseUrl(text, 'baseUrl')),
    ),
    expected: 'an address such as https://scim.example.com',
  },
  credentialCacheSeconds: { schema: wholeNumber(0, 3_600), expected: 'a whole number from 0 to 3600' },
  table: { schema: z.string().check(z.regex(/^[\w.-]{3,255}$/)), expected: 'the name of a DynamoDB table' },
  secretPrefix: {
    schema: z.string().check(z.regex(/^(?=.{1,400}$)[\w+=.@-]+(\/[\w+=.@-]+)*$/)),
    expected: 'what names of secrets begin with, such as rollcall: letters, digits and any of /_+=.@-, no slash at its ends',
  },
} as const;

/** What the CDK app was told by `-c key=value` or in `cdk.json`; `RollcallStackProps` says what each is for. */
export type RollcallContext = { readonly [Key in keyof typeof KEYS]?: z.output<(typeof KEYS)[Key]['schema']> };

/** Reads our keys. Throws a `RangeError` that names the key of a wrong value, and what was expected. */
export function readContext(look: (key: string) => unknown): RollcallContext {
  const given = Object.entries(KEYS).flatMap(([key, { schema, expected }]) => {
    const value = look(key);
    if (value === undefined || value === null) return [];
    const { success, data } = z.safeParse(schema as z.ZodMiniType, value);
    if (!success) throw new RangeError(`${key}: expected ${expected}, got ${JSON.stringify(value)}`);
    return [[key, data]];
  });
  return Object.fromEntries(given);
}
