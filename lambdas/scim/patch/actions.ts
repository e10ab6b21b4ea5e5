import { invalidSyntax, invalidValue, mutability, noTarget, tooMany } from '../errors.ts';
import { isObject } from '../json.ts';
import { pathOf } from '../path.ts';
import type { Attribute } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import { type Target, targetAt } from './target.ts';
import { isServersOwn, operationName, targetOfKey } from './tolerances.ts';

/** An operation as a client sends it (RFC 7644 section 3.5.2). */
export interface Operation {
  readonly op: string;
  readonly path?: string | undefined;
  readonly value?: unknown;
}

const OPS = ['add', 'replace', 'remove'] as const;
type Op = (typeof OPS)[number];

/** What is done at one place of a resource. Only `remove` may have no value. */
export interface Action {
  readonly op: Op;
  readonly target: Target;
  readonly value: unknown;
}

/**
 * Each operation, and each attribute in the value of one without a path, may look at every value of the resource, so that their
 * number is what bounds the time. Okta and Entra ID send some ten.
 */
const MAX_ACTIONS = 1_000;

/**
 * What operations do, in their order. The value of one without a path is a partial resource: each of its attributes is an action
 * of its own, and those that no schema has go to `unknowns`.
 */
export function actionsOf(type: ResourceType, operations: readonly Operation[], unknowns: string[]): Action[] {
  requireFew(operations);
  return operations.flatMap(({ op: name, path, value }) => {
    const op = OPS.find((known) => known === operationName(name));
    if (!op) throw invalidSyntax(`op ${name.slice(0, 20)}: expected add, replace or remove`);
    if (path === undefined && op === 'remove') throw noTarget('remove: expected a path');
    if (value === undefined && op !== 'remove') throw invalidValue(`${path ?? op}: expected a value to ${op}`);
    return path === undefined ? actionsOn(type, op, value, unknowns) : { op, target: writableTarget(type, path), value };
  });
}

function requireFew(operations: readonly Operation[]) {
  const count = operations.reduce(
    (sum, { path, value }) => sum + (path === undefined && isObject(value) ? Object.keys(value).length : 1),
    0,
  );
  if (count > MAX_ACTIONS) throw tooMany(`Operations: ${count} in one request, expected at most ${MAX_ACTIONS}`);
}

/** What the server owns cannot be the target of a path. */
function writableTarget(type: ResourceType, path: string): Target {
  const target = targetAt(type, path);
  const { chain, selection } = target;
  if (chain.some(isReadOnly) || (selection?.sub && isReadOnly(selection.sub))) throw mutability(`${path}: read-only`);
  return target;
}

const isReadOnly = ({ mutability: kind }: Attribute) => kind === 'readOnly';

function actionsOn(type: ResourceType, op: Op, resource: unknown, unknowns: string[]): Action[] {
  if (!isObject(resource)) throw invalidValue(`${op} without a path: expected an object with attributes as its value`);
  const seen = new Set<string>();
  return Object.entries(resource).flatMap(([key, value]) => {
    const target = targetOfKey(type, key);
    if (!target) unknowns.push(key);
    if (!target || isServersOwn(target)) return [];
    const name = pathOf(target.chain);
    if (!target.selection && seen.has(name)) throw invalidValue(`${name}: given twice, in different spellings`);
    seen.add(name);
    return { op, target, value };
  });
}
