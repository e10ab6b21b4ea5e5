import { readFile } from 'node:fs/promises';
import { text as textOf } from 'node:stream/consumers';
import { ScimError } from '../../lambdas/scim/errors.ts';
import { givenId } from '../../lambdas/scim/ids.ts';
import { isObject, memberNamed } from '../../lambdas/scim/json.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { validate } from '../../lambdas/scim/validate.ts';
import { printable } from '../printable.ts';
import { OperatorError } from './operator-error.ts';

/** One resource of a catalogue, as a client would send it. */
export interface CatalogueEntry {
  readonly type: ResourceType;
  readonly id: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** Where it stands in the file, for errors. */
  readonly place: string;
}

/** What stands for standard input where the name of a file is expected. */
export const STANDARD_INPUT = '-';

/** Reads a file of JSON, or standard input. Throws `OperatorError`. */
export async function readCatalogueFile(path: string, input: NodeJS.ReadableStream = process.stdin): Promise<unknown> {
  const name = path === STANDARD_INPUT ? 'standard input' : path;
  const failed = (what: string, cause: unknown) => new OperatorError(`${name} ${what} (${Object(cause).message})`, { cause });
  let text: string;
  try {
    text = path === STANDARD_INPUT ? await textOf(input) : await readFile(path, 'utf8');
  } catch (error) {
    throw failed('cannot be read', error);
  }
  try {
    // Some editors begin a file with a mark of the byte order, which is no JSON.
    return JSON.parse(text.replace(/^\uFEFF/, ''));
  } catch (error) {
    throw failed('is not JSON', error);
  }
}

/** No more mistakes are shown at once. */
const MAX_SHOWN = 50;

/** Throws what is wrong with a catalogue, if anything is: a line each, whatever stands in the file. */
export function requireNoMistakes(mistakes: readonly string[]): void {
  if (mistakes.length === 0) return;
  const more = mistakes.length > MAX_SHOWN ? [`and ${mistakes.length - MAX_SHOWN} more`] : [];
  const count = mistakes.length === 1 ? 'a mistake' : `${mistakes.length} mistakes`;
  throw new OperatorError(
    [`The catalogue has ${count}, and nothing was changed:`, ...mistakes.slice(0, MAX_SHOWN).map(printable), ...more].join('\n  '),
  );
}

/**
 * Reads what a catalogue has of some types: an object whose members are named like a type or its endpoint, with arrays of resources.
 * Throws `OperatorError` with all that is wrong with it.
 */
export function readCatalogue(types: readonly ResourceType[], catalogue: unknown): CatalogueEntry[] {
  const names = types.map(({ name, endpoint }) => `${endpoint.slice(1)} (${name})`).join(', ');
  if (!isObject(catalogue)) throw new OperatorError(`The catalogue is none: expected an object with arrays of resources, by ${names}`);
  const mistakes: string[] = [];
  const entries: CatalogueEntry[] = [];
  for (const [member, resources] of Object.entries(catalogue)) {
    const type = typeNamed(types, member);
    if (!type) mistakes.push(`${member}: no type of the catalogue, expected one of ${names}`);
    else if (!type.givenIds) mistakes.push(`${member}: the service gives the ids of these, so that a repeat could not know them again`);
    else if (!Array.isArray(resources)) mistakes.push(`${member}: expected an array of resources`);
    else for (const [i, resource] of resources.entries()) entries.push(...readEntry(type, `${member}[${i}]`, resource, mistakes));
  }
  requireNoMistakes([...mistakes, ...givenTwice(entries)]);
  return entries;
}

const withoutCase = (text: string) => text.toLowerCase();

function typeNamed(types: readonly ResourceType[], member: string): ResourceType | undefined {
  const wanted = withoutCase(member.replace(/^\//, ''));
  return types.find(({ name, endpoint }) => [name, endpoint.slice(1)].map(withoutCase).includes(wanted));
}

/** None if it is wrong, and what is. */
function readEntry(type: ResourceType, position: string, resource: unknown, mistakes: string[]): CatalogueEntry[] {
  if (!isObject(resource)) {
    mistakes.push(`${position}: expected an object, a resource of the type ${type.name}`);
    return [];
  }
  const shown = memberNamed(resource, 'id');
  const place = typeof shown === 'string' || typeof shown === 'number' ? `${position} (${shown})` : position;
  try {
    const id = givenId(type, resource);
    if (id === undefined) throw new OperatorError('id: required, as a repeat could not know the resource again without it');
    const body = withSchemas(type, resource);
    const { unknowns } = validate(type, body, { to: 'create' });
    for (const name of unknowns) mistakes.push(`${place}: ${name}: no attribute of a ${type.name}, expected one that its schemas declare`);
    return [{ type, id, body, place }];
  } catch (error) {
    if (!(error instanceof ScimError || error instanceof OperatorError)) throw error;
    mistakes.push(`${place}: ${error.message}`);
    return [];
  }
}

/** Whoever writes a catalogue by hand need not say which schemas it follows: the attributes do. */
function withSchemas(type: ResourceType, resource: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (memberNamed(resource, 'schemas') !== undefined) return resource;
  const urns = type.extensions.map(({ schema }) => schema.id).filter((urn) => memberNamed(resource, urn) !== undefined);
  return { ...resource, schemas: [type.schema.id, ...urns] };
}

function givenTwice(entries: readonly CatalogueEntry[]): string[] {
  const first = new Map<string, string>();
  return entries.flatMap(({ type, id, place }) => {
    const name = `${type.name}\n${id}`;
    const other = first.get(name);
    if (other === undefined) first.set(name, place);
    return other === undefined ? [] : [`${place}: id: the same as that of ${other}, expected another one for each ${type.name}`];
  });
}
