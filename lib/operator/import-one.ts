import { randomUUID } from 'node:crypto';
import { create, type Directory, replace } from '../../lambdas/directory/operations.ts';
import { type Store, startTrace } from '../../lambdas/directory/store.ts';
import { ScimError } from '../../lambdas/scim/errors.ts';
import { canonicalJson, isObject, type JsonObject } from '../../lambdas/scim/json.ts';
import { type Attribute, isExtension } from '../../lambdas/scim/schemas/attribute.ts';
import type { CatalogueEntry } from './catalogue.ts';

/** What becomes of one resource of a catalogue, or became. */
export interface ImportedResource {
  /** The name of its type. */
  readonly type: string;
  readonly id: string;
  readonly action: 'create' | 'update' | 'unchanged';
  /** The attributes that an update changes; those of extensions behind their URN. */
  readonly attributes: readonly string[];
}

/** What the import of one resource comes to, or would. */
export interface Imported {
  readonly entry: CatalogueEntry;
  readonly resource: ImportedResource;
  /** The attributes that it has after that. */
  readonly body: JsonObject;
}

const ATTEMPTS = 3;
/** In which one resource is written, also where others are at the same. */
const STEP_MS = 60_000;

/** A directory as one step of an import sees it: the whole may take longer than a request. */
export const forStep = (directory: Directory): Directory => ({
  ...directory,
  deadline: Date.now() + STEP_MS,
  trace: startTrace(randomUUID()),
});

export interface ImportOneOptions {
  /** Whether nothing is written. */
  readonly dryRun?: boolean;
  /** Whether it was not there a moment ago, so that it is created without a look. */
  readonly isNew?: boolean;
}

/** Makes one resource what the catalogue says. Others may create or remove it meanwhile. */
export async function importOne(
  directory: Directory,
  entry: CatalogueEntry,
  { dryRun = false, isNew = false }: ImportOneOptions,
): Promise<Imported> {
  const { type, id, body } = entry;
  const outcome = (action: ImportedResource['action'], after: JsonObject, attributes: readonly string[] = []): Imported => ({
    entry,
    resource: { type: type.name, id, action, attributes },
    body: after,
  });
  for (let attempt = 1; ; attempt++) {
    const { store, changes } = observed(directory.store, dryRun);
    const own = { ...forStep(directory), store };
    const replaced = isNew && attempt === 1 ? undefined : await replace(own, type, id, body).catch(unlessStatus(404));
    const change = changes.at(-1);
    if (replaced && !change) return outcome('unchanged', replaced.body);
    if (replaced && change) return outcome('update', replaced.body, changedAttributes(type.attributes, change.before, change.after));
    // Somebody else may have made it meanwhile. Where it is another value that is taken, it is so again the next time.
    const created = await create(own, type, body).catch(unlessStatus(attempt < ATTEMPTS ? 409 : undefined));
    if (created) return outcome('create', created.body);
  }
}

const unlessStatus =
  (status: number | undefined) =>
  (error: unknown): undefined => {
    if (!(error instanceof ScimError) || error.status !== status) throw error;
  };

interface Change {
  readonly before: JsonObject;
  readonly after: JsonObject;
}

/** A store that keeps what it is told to update, and in a dry run takes it for done. */
function observed(store: Store, dryRun: boolean): { readonly store: Store; readonly changes: readonly Change[] } {
  const changes: Change[] = [];
  const create: Store['create'] = async (scope, type, resource, members) =>
    dryRun ? { stored: resource, members: [] } : store.create(scope, type, resource, members);
  const update: Store['update'] = async (scope, type, before, after, isExact) => {
    const isDone = dryRun || (await store.update(scope, type, before, after, isExact));
    if (isDone) changes.push({ before: before.body, after: after.body });
    return isDone;
  };
  return { store: { ...store, create, update }, changes };
}

function changedAttributes(attributes: readonly Attribute[], before: JsonObject, after: JsonObject, prefix = ''): string[] {
  return attributes.flatMap((attribute) => {
    const [was, is] = [before[attribute.name], after[attribute.name]];
    if (canonicalJson(was) === canonicalJson(is)) return [];
    if (!isExtension(attribute)) return [prefix + attribute.name];
    return changedAttributes(attribute.subAttributes ?? [], objectOf(was), objectOf(is), `${attribute.name}:`);
  });
}

const objectOf = (value: unknown): JsonObject => (isObject(value) ? (value as JsonObject) : {});
