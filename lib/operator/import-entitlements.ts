import pMap from 'p-map';
import { type Directory, search } from '../../lambdas/directory/operations.ts';
import type { Store } from '../../lambdas/directory/store.ts';
import { ScimError } from '../../lambdas/scim/errors.ts';
import type { StoredResource } from '../../lambdas/scim/resource.ts';
import type { ResourceType } from '../../lambdas/scim/schemas/resource-type.ts';
import { printable } from '../printable.ts';
import { type CatalogueEntry, readCatalogue, requireNoMistakes } from './catalogue.ts';
import { forStep, type Imported, type ImportedResource, importOne } from './import-one.ts';
import { OperatorError } from './operator-error.ts';
import type { OnProgress } from './settling.ts';
import { sharedValues } from './shared-values.ts';

export interface ImportReport {
  /** In the order of the catalogue. */
  readonly resources: readonly ImportedResource[];
  /** What the directory has of the types beside the catalogue. It stays. */
  readonly extra: readonly { readonly type: string; readonly id: string }[];
}

export interface ImportOptions {
  /** Whether nothing is written, and the report says what would be. */
  readonly dryRun?: boolean;
  /** Is told how many resources have been read, and then how many of those that change have been written. */
  readonly onProgress?: OnProgress | undefined;
}

/** That an import ended midway: the message names the resource, and the report what was done before. */
export class ImportStopped extends OperatorError {
  readonly report: ImportReport;

  constructor(message: string, report: ImportReport, options: ErrorOptions) {
    super(message, options);
    this.report = report;
  }
}

/** How many resources are compared with the catalogue at once: that asks for nothing, as they are read already. */
const COMPARED = 16;
/**
 * How many of one type are written at once. What counts the resources of a type lets those in one after the other who create one: of
 * two, one is ready when the other has done, and more would only wait for one another.
 */
const WRITES = { update: 16, create: 2 } as const;

/**
 * Makes the resources of a catalogue what it says, and leaves others alone. All of it is read and computed before anything is written,
 * so that what is wrong with it changes nothing: `OperatorError` names all of that. What is right already is not written, so that an
 * import may be run again, and must be to finish one that ended midway: see `ImportStopped`.
 */
export async function importEntitlements(
  directory: Directory,
  types: readonly ResourceType[],
  catalogue: unknown,
  { dryRun = false, onProgress = () => {} }: ImportOptions = {},
): Promise<ImportReport> {
  const entries = readCatalogue(types, catalogue);
  const named = new Set(entries.map(({ type, id }) => nameOf(type, id)));
  const present = await readPresent(directory, types, onProgress);
  const planned = await plan(directory, entries, present);
  const others = [...present].flatMap(([name, resource]) => (named.has(name) ? [] : [resource]));
  const { stays = [], changes = [] } = Object.groupBy(planned, ({ resource }) => (resource.action === 'unchanged' ? 'stays' : 'changes'));
  const claims = changes.map(({ entry, body }) => ({ ...entry, body }));
  const taken = [...others, ...stays.map(({ entry: { type, id }, body }) => ({ type, id, body }))];
  requireNoMistakes(types.flatMap((type) => sharedValues(type, directory.settings, taken, claims)));
  const extra = others.map(({ type, id }) => ({ type: type.name, id }));
  const resources = planned.map(({ resource }) => resource);
  if (dryRun) return { resources, extra };
  return { resources: await write(directory, planned, extra, onProgress), extra };
}

const nameOf = (type: ResourceType, id: string): string => `${type.name}\n${id}`;

/** What a directory has of some types, in the order of these and of ids. */
type Present = ReadonlyMap<string, StoredResource & { readonly type: ResourceType }>;

/** How many resources are asked for at once. */
const PAGE = 1_000;

/** Page by page: asked for one by one, those of a large catalogue would take many times as long. */
async function readPresent(directory: Directory, types: readonly ResourceType[], onProgress: OnProgress): Promise<Present> {
  const present = new Map<string, StoredResource & { readonly type: ResourceType }>();
  for (const type of types)
    for (let startIndex = 1, isEnd = false; !isEnd; startIndex += PAGE) {
      const { resources } = await search(forStep(directory), type, { startIndex, count: PAGE });
      for (const resource of resources) present.set(nameOf(type, resource.id), { ...resource, type });
      onProgress('Reading what is there', present.size, 0, 'resources');
      isEnd = resources.length < PAGE;
    }
  return present;
}

/** Does everything but to write, on what has been read. Throws all that is refused. */
async function plan(directory: Directory, entries: readonly CatalogueEntry[], present: Present): Promise<Imported[]> {
  const get: Store['get'] = async (_, type, id) => present.get(nameOf(type, id));
  const asRead = { ...directory, store: { ...directory.store, get } };
  const mistakes: string[] = [];
  const planOne = async (entry: CatalogueEntry): Promise<Imported[]> => {
    try {
      return [await importOne(asRead, entry, { dryRun: true })];
    } catch (error) {
      if (!(error instanceof ScimError) || error.status >= 429) throw stopped(entry, error, 'Nothing was changed.');
      mistakes.push(`${entry.place}: ${error.message}`);
      return [];
    }
  };
  const planned = (await pMap(entries, planOne, { concurrency: COMPARED })).flat();
  requireNoMistakes(mistakes);
  return planned;
}

const stopped = ({ type, id, place }: CatalogueEntry, error: unknown, outcome: string) =>
  new OperatorError(printable(`${type.name} ${id}, ${place}: ${Object(error).message ?? error}. ${outcome}`), { cause: error });

/** Writes what is to change. After a failure nothing more is begun, and what is under way is waited for. */
async function write(
  directory: Directory,
  planned: readonly Imported[],
  extra: ImportReport['extra'],
  onProgress: OnProgress,
): Promise<ImportedResource[]> {
  const done = new Map(planned.flatMap(({ entry, resource }) => (resource.action === 'unchanged' ? [[entry, resource]] : [])));
  const left = planned.filter(({ entry }) => !done.has(entry));
  const before = done.size;
  const failures: { readonly entry: CatalogueEntry; readonly error: unknown }[] = [];
  const writeOne = async ({ entry, resource: { action } }: Imported) => {
    if (failures.length > 0) return;
    try {
      const { resource } = await importOne(directory, entry, { isNew: action === 'create' });
      done.set(entry, resource);
      onProgress('Writing what changes', done.size - before, left.length, 'resources');
    } catch (error) {
      failures.push({ entry, error });
    }
  };
  const ofType = async (some: readonly Imported[]) => {
    // What an update gives up, a new resource may have.
    for (const action of ['update', 'create'] as const)
      await pMap(
        some.filter(({ resource }) => resource.action === action),
        writeOne,
        { concurrency: WRITES[action] },
      );
  };
  await Promise.all([...Map.groupBy(left, ({ entry }) => entry.type).values()].map(ofType));
  const resources = planned.flatMap(({ entry }) => done.get(entry) ?? []);
  for (const { entry, error } of failures) {
    const outcome = `${done.size - before} of ${left.length} changes were made: run the import again to make the others`;
    throw new ImportStopped(stopped(entry, error, outcome).message, { resources, extra }, { cause: error });
  }
  return resources;
}
