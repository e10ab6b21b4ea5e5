import { schemasOf } from '../../lambdas/scim/schemas/discovery.ts';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';

/** A request as it went over the wire. */
export interface Sent {
  readonly path: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body?: string | undefined;
}

/** Every text and number in a value, with the names that it has on its way there. */
function* leavesOf(value: unknown, names: readonly string[] = []): Generator<{ readonly names: readonly string[]; readonly leaf: string }> {
  if (typeof value === 'string' || typeof value === 'number') yield { names, leaf: String(value) };
  else if (typeof value === 'object' && value !== null)
    for (const [name, part] of Object.entries(value)) yield* leavesOf(part, Array.isArray(value) ? names : [...names, name]);
}

/** Parts of paths that are everybody's. */
const PARTS = [
  '.search',
  'resourcetypes',
  'schemas',
  'serviceproviderconfig',
  'bulk',
  'me',
  ...resourceTypes.map(({ endpoint }) => endpoint.slice(1).toLowerCase()),
];

/** What schemas and types say themselves is no client's secret: names, URNs, canonical values. */
const WORDS: ReadonlySet<string> = new Set([
  ...PARTS,
  ...[...leavesOf([schemasOf(resourceTypes), resourceTypes])].map(({ leaf }) => leaf.toLowerCase()),
]);

/** Headers that say nothing of anybody. What the client calls itself is logged, masked. */
const PLAIN: ReadonlySet<string> = new Set(['accept', 'accept-charset', 'content-type', 'user-agent', 'host']);

const quotedIn = (text: string): string[] => [...text.matchAll(/"((?:[^"\\]|\\.)+)"/g)].map(([, inner = '']) => inner);

/** The values of a request that no log may have. The names of attributes are none: what no schema has is logged. */
export function valuesSent({ path, headers, body }: Sent): string[] {
  const [pathname = '', query = ''] = path.split(/\?(.*)/s, 2);
  const raw = [...pathname.split('/'), ...query.split('&').map((pair) => pair.replace(/^[^=]*=/, ''))];
  const inQuery = [...new URLSearchParams(query).values()];
  const inHeaders = Object.entries(headers).flatMap(([name, value]) => (PLAIN.has(name.toLowerCase()) ? [] : [value, ...value.split(' ')]));
  const values = [...raw, ...raw.map(decoded), ...inQuery, ...inQuery.flatMap(quotedIn), ...inHeaders, ...inHeaders.flatMap(pairsOf)];
  return [...values, ...valuesOfBody(body)].filter(
    (value) => value.length > 1 && !WORDS.has(value.toLowerCase()) && !/^(?:\d{1,4}|basic|bearer|true|false)$/i.test(value),
  );
}

/** What a Basic credential holds, and what a token would be as one. */
function pairsOf(credential: string): string[] {
  const [, directory] = /^rc\.([a-z0-9-]+)\./.exec(credential) ?? [];
  if (directory) return [Buffer.from(`${directory}:${credential}`).toString('base64').replace(/=+$/, '')];
  const pair = Buffer.from(credential, 'base64').toString();
  return /^[\w-]+:rc\./.test(pair) ? [pair, pair.slice(pair.indexOf(':') + 1)] : [];
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function valuesOfBody(body = ''): string[] {
  try {
    return [...leavesOf(JSON.parse(body))].flatMap(({ names, leaf }) => {
      // Attribute paths are names; what stands in their brackets is not.
      const isPath = ['op', 'path', 'schemas'].includes(names.at(-1) ?? '');
      return isPath ? quotedIn(leaf) : [leaf, ...quotedIn(leaf)];
    });
  } catch {
    return [body, ...quotedIn(body)];
  }
}

/** The lines of a log that are JSON; one that has not arrived as a whole is none yet. */
export const parsedLines = (log: string): Line[] =>
  log
    .split('\n')
    .map(parsed)
    .filter((line) => line !== undefined);

type Line = Readonly<Record<string, unknown>>;

function parsed(line: string): Line | undefined {
  try {
    return line.startsWith('{') ? JSON.parse(line) : undefined;
  } catch {
    return undefined;
  }
}

/** What lines of the log may have, beside what stands in their places. */
interface Expected {
  /** Texts that may be there, as a whole. */
  readonly known?: readonly string[];
  /** Whose requests they were. */
  readonly directory?: string;
  /** Under which ids they were answered. */
  readonly requestIds?: readonly string[];
}

/** What stands in some places of a line by its form, which nobody else may choose: anything else there is looked at like any text. */
const FORMS: Readonly<Record<string, (value: unknown, expected: Expected) => boolean>> = {
  timestamp: (value) => typeof value === 'string' && /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z$/.test(value),
  ms: (value) => typeof value === 'number',
  level: (value) => ['DEBUG', 'INFO', 'WARN', 'ERROR'].includes(String(value)),
  method: (value) => ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'].includes(String(value)),
  directory: (value, { directory }) => value === directory,
  requestId: (value, { requestIds = [] }) => requestIds.includes(String(value)),
};

/** The texts of a line, names among them, but for those that are what their place is for. */
function* textsOf(line: string, expected: Expected): Generator<string> {
  const members = parsed(line);
  if (!members) return yield line;
  for (const [name, value] of Object.entries(members)) {
    yield name;
    if (FORMS[name]?.(value, expected)) continue;
    for (const { names, leaf } of leavesOf(value)) yield* isTime(names, leaf) ? names : [...names, leaf];
  }
}

/** That of the metrics, in `_aws`: any number may be among its digits. */
const isTime = (names: readonly string[], leaf: string) => names.at(-1) === 'Timestamp' && /^\d{13}$/.test(leaf);

/** The shortest that is looked for inside of other words; what is shorter would be found there by chance. */
const LONG = 5;

/** How a value may be written: as it is, in an address, in JSON, in JSON that is a text of JSON, and in base64. */
function formsOf(value: string): ReadonlySet<string> {
  const once = JSON.stringify(value).slice(1, -1);
  const forms = [value, inAddress(value), once, JSON.stringify(once).slice(1, -1)];
  // The last character depends on what comes behind.
  const base64 = value.length < 2 * LONG ? [] : [Buffer.from(value).toString('base64').replace(/.?=*$/, '')];
  return new Set([...forms, ...base64].map((form) => form.toLowerCase()));
}

function inAddress(value: string): string {
  try {
    return encodeURIComponent(value);
  } catch {
    return value;
  }
}

/** Which of some values are in a log, each with where it stands. */
export function leaks(log: string, values: Iterable<string>, expected: Expected = {}): { value: string; found: string }[] {
  const { known = [] } = expected;
  const texts = log.split('\n').flatMap((line) => [...textsOf(line, expected)].flatMap((text) => (known.includes(text) ? [] : [text])));
  const different = [...new Set(texts.map((text) => text.toLowerCase()))];
  const all = different.join('\n');
  return [...new Set(values)].flatMap((value) => {
    const form = [...formsOf(value)].find((one) => isIn(all, one));
    return form === undefined ? [] : [{ value, found: different.find((text) => isIn(text, form)) ?? all }];
  });
}

/** What is short has to be a word of its own. */
function isIn(text: string, form: string): boolean {
  if (form.length >= LONG || !text.includes(form)) return text.includes(form);
  return new RegExp(`(?<![\\p{L}\\p{N}])${form.replace(/[^\p{L}\p{N}]/gu, '\\$&')}(?![\\p{L}\\p{N}])`, 'su').test(text);
}
