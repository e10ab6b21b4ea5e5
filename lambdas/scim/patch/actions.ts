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

type Op = 'add' | 'replace' | 'remove';

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
  const actions: Action[] = [];
  requireFew(operations.length);
  for (const { op: name, path, value } of operations) {
    const op = operationName(name);
    if (!isOp(op)) throw invalidSyntax(`op ${name.slice(0, 20)}: expected add, replace or remove`);
    if (path === undefined && op === 'remove') throw noTarget('remove: expected a path');
    if (value === undefined && op !== 'remove') throw invalidValue(`${path ?? op}: expected a value to ${op}`);
    if (path === undefined) addActions(actions, type, op, value, unknowns);
    else actions.push({ op, target: writableTarget(type, path), value });
  }
  return actions;
}

const isOp = (name: string): name is Op => name === 'add' || name === 'replace' || name === 'remove';

function requireFew(count: number) {
  if (count > MAX_ACTIONS)
    throw tooMany(`Operations: expected at most ${MAX_ACTIONS} in one request, and as many attributes in their values`);
}

/** What the server owns cannot be the target of a path. */
function writableTarget(type: ResourceType, path: string): Target {
  const target = targetAt(type, path);
  const { chain, selection } = target;
  if (chain.some(isReadOnly) || (selection?.sub && isReadOnly(selection.sub))) throw mutability(`${path}: read-only`);
  return target;
}

const isReadOnly = ({ mutability: kind }: Attribute) => kind === 'readOnly';

function addActions(actions: Action[], type: ResourceType, op: Op, resource: unknown, unknowns: string[]): void {
  if (!isObject(resource)) throw invalidValue(`${op} without a path: expected an object with attributes as its value`);
  const keys = Object.keys(resource);
  requireFew(actions.length + keys.length);
  const seen = new Set<string>();
  for (const key of keys) {
    const target = targetOfKey(type, key);
    if (!target) unknowns.push(key);
    if (!target || isServersOwn(target)) continue;
    const name = target.selection ? key : pathOf(target.chain);
    if (seen.has(name)) throw invalidValue(`${name}: given twice, in different spellings`);
    seen.add(name);
    actions.push({ op, target, value: resource[key] });
  }
}
