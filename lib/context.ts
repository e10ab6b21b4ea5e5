import { closestMatch } from 'leven';
import * as z from 'zod/mini';
import { ADDRESS_RANGE, isAddressRange } from './address-range.ts';
import { parseBaseUrl } from './base-url.ts';
import { SECRET_PREFIX } from './secret-prefix.ts';

interface Key<Schema extends z.ZodMiniType = z.ZodMiniType> {
  readonly schema: Schema;
  /** How what it may be is said to somebody who gave something else. */
  readonly expected: string;
  /** Another key without which this one says nothing. */
  readonly needs?: string;
  /** Another key that says the same in another way. */
  readonly excludes?: string;
}

type Relations = Pick<Key, 'needs' | 'excludes'>;

const key = <Schema extends z.ZodMiniType>(schema: Schema, expected: string, relations: Relations = {}) => ({
  schema,
  expected,
  ...relations,
});

/** From the command line everything comes as text. */
const toNumber = z.pipe(z.string().check(z.regex(/^\d+$/)), z.transform(Number));
const wholeNumber = (least: number, most: number, relations: Relations = {}) =>
  key(
    z.pipe(z.union([z.number(), toNumber]), z.int().check(z.gte(least), z.lte(most))),
    `a whole number from ${least} to ${most}`,
    relations,
  );
const trueOrFalse = (relations: Relations = {}) =>
  key(
    z.union([z.boolean(), z.pipe(z.stringbool({ truthy: ['true'], falsy: ['false'], case: 'sensitive' }), z.boolean())]),
    'true or false',
    relations,
  );
const arnOf = (pattern: RegExp) => z.string().check(z.regex(new RegExp(`^arn:[\\w-]+:${pattern.source}$`)));

/** What CloudWatch knows; written out, as the CDK takes long to load and `npm start` needs no more of it than this. */
export const RETENTION_DAYS = [
  1, 3, 5, 7, 14, 30, 60, 90, 120, 150, 180, 365, 400, 545, 731, 1_096, 1_827, 2_192, 2_557, 2_922, 3_288, 3_653,
];
const ranges = z.array(z.string().check(z.refine(isAddressRange))).check(z.minLength(1));
const commaSeparated = z.pipe(
  z.string(),
  z.transform((text: string) => text.split(',').map((part) => part.trim())),
);

/** Above every quota: whoever has raised theirs can use it. */
const MOST = 1_000_000;

/** The context keys of the CDK app; docs/deploy.md says what each is for. */
const KEYS = {
  baseUrl: key(
    z.pipe(
      z.string(),
      z.transform((text: string) => parseBaseUrl(text, 'baseUrl')),
    ),
    'an address such as https://scim.example.com',
  ),
  credentialCacheSeconds: wholeNumber(0, 3_600),
  secretPrefix: key(z.string().check(z.regex(SECRET_PREFIX.pattern)), SECRET_PREFIX.expected),
  table: key(z.string().check(z.regex(/^[\w.-]{3,255}$/)), 'the name of a DynamoDB table'),
  tableKey: key(
    z.union([z.literal('create'), arnOf(/kms:[\w-]+:\d{12}:key\/[\w-]+/)]),
    'create, or the ARN of a KMS key such as arn:aws:kms:eu-west-1:123456789012:key/…',
  ),
  maxReadRequestUnits: wholeNumber(1, MOST),
  maxWriteRequestUnits: wholeNumber(1, MOST),
  warmThroughput: wholeNumber(4_000, MOST),
  cloudWatchRole: key(z.enum(['create', 'existing']), 'create or existing'),
  throttlingRateLimit: wholeNumber(1, MOST),
  throttlingBurstLimit: wholeNumber(1, MOST),
  alarmTopic: key(arnOf(/sns:[\w-]+:\d{12}:[\w-]+/), 'the ARN of an SNS topic such as arn:aws:sns:eu-west-1:123456789012:pages'),
  alarmEmail: key(z.email(), 'an e-mail address', { excludes: 'alarmTopic' }),
  domainName: key(
    z.string().check(z.regex(/^(?=.{4,253}$)([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]([a-z0-9-]{0,61}[a-z0-9])$/)),
    'a name such as scim.example.com',
    { needs: 'certificateArn' },
  ),
  certificateArn: key(
    arnOf(/acm:[\w-]+:\d{12}:certificate\/[\w-]+/),
    'the ARN of a certificate such as arn:aws:acm:eu-west-1:123456789012:certificate/…',
    { needs: 'domainName' },
  ),
  hostedZoneId: key(z.string().check(z.regex(/^Z[A-Z0-9]{1,31}$/)), 'the id of a hosted zone such as Z0123456789ABCDEFGHIJ', {
    needs: 'domainName',
  }),
  disableExecuteApiEndpoint: trueOrFalse({ needs: 'domainName' }),
  waf: trueOrFalse(),
  wafRateLimit: wholeNumber(10, 2_000_000_000, { needs: 'waf' }),
  wafAllowedAddresses: key(z.pipe(z.union([z.array(z.string()), commaSeparated]), ranges), ADDRESS_RANGE, {
    needs: 'waf',
  }),
  provisionedConcurrency: wholeNumber(0, 1_000),
  logRetentionDays: key(z.pipe(z.union([z.number(), toNumber]), z.literal(RETENTION_DAYS)), `one of ${RETENTION_DAYS.join(', ')}`),
} as const satisfies Readonly<Record<string, Key>>;

export const CONTEXT_KEYS: readonly string[] = Object.keys(KEYS);

/** What the CDK app was told by `-c key=value` or in `cdk.json`. */
export type RollcallContext = { readonly [Name in keyof typeof KEYS]?: z.output<(typeof KEYS)[Name]['schema']> };

/** What is the CDK's, or somebody else's; the last is what `cdk acknowledge` writes. */
const NOT_OURS = /[:/@]|^acknowledged-issue-numbers$/;

/**
 * Reads our keys out of all that the app was told. Throws a `RangeError` that names the key of a wrong value and what was
 * expected, or the key that was meant.
 */
export function readContext(given: Readonly<Record<string, unknown>>): RollcallContext {
  const names = Object.keys(given).filter((name) => !NOT_OURS.test(name) && given[name] !== undefined && given[name] !== null);
  return Object.fromEntries(names.map((name) => [name, readKey(name, given)]));
}

function readKey(name: string, given: Readonly<Record<string, unknown>>): unknown {
  if (!Object.hasOwn(KEYS, name)) throw new RangeError(unknownKey(name));
  const { schema, expected, needs, excludes }: Key = KEYS[name as keyof typeof KEYS];
  const { success, data } = z.safeParse(schema, given[name]);
  if (!success) throw new RangeError(`${name}: expected ${expected}, got ${JSON.stringify(given[name])}`);
  const isGiven = (other: string) => ![undefined, null, false, 'false'].includes(given[other] as null);
  if (needs !== undefined && !isGiven(needs)) throw new RangeError(`${name}: expected ${needs} beside it`);
  if (excludes !== undefined && isGiven(excludes)) throw new RangeError(`${name}: expected no ${excludes} beside it`);
  return data;
}

function unknownKey(name: string): string {
  const meant = closestMatch(name, CONTEXT_KEYS, { maxDistance: Math.ceil(name.length / 3) });
  return meant === undefined
    ? `${name}: there is no such context key, expected one of ${CONTEXT_KEYS.join(', ')}`
    : `${name}: there is no such context key, did you mean ${meant}?`;
}
