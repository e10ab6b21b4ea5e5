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
  const inQuery = [...new URLSearchParams(query).values()];
  const inHeaders = Object.entries(headers).flatMap(([name, value]) => (PLAIN.has(name.toLowerCase()) ? [] : [value, ...value.split(' ')]));
  return [...pathname.split('/').map(decoded), ...inQuery, ...inQuery.flatMap(quotedIn), ...inHeaders, ...valuesOfBody(body)].filter(
    (value) => value.length > 1 && !WORDS.has(value.toLowerCase()) && !/^(?:\d{1,4}|basic|bearer|true|false)$/i.test(value),
  );
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

/** Members of a line that hold no text of a client's: times, and names that were chosen here. */
const OURS: ReadonlySet<string> = new Set(['timestamp', '_aws', 'Stack', 'ms', 'requestId', 'level', 'directory', 'method']);

/** The shortest that is looked for inside of other texts; what is shorter would be found by chance. */
const LONG = 5;

/** Which of some values are in a log, each with where it stands. `known` are texts that may be there. */
export function leaks(log: string, values: Iterable<string>, known: readonly string[] = []): { value: string; found: string }[] {
  const texts = log
    .split('\n')
    .flatMap((line) => [...leavesOf(parsed(line) ?? line)])
    .flatMap(({ names, leaf }) => (OURS.has(names[0] ?? '') || known.includes(leaf) ? [] : [leaf.toLowerCase()]));
  const whole = new Set(texts);
  const all = [...whole].join('\n');
  return [...new Set(values)].flatMap((value) => {
    const text = value.toLowerCase();
    const isThere = text.length < LONG ? whole.has(text) : all.includes(text);
    return isThere ? [{ value, found: texts.find((one) => one.includes(text)) ?? all }] : [];
  });
}
