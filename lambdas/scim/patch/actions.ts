import { invalidSyntax, invalidValue, mutability, noTarget, tooMany } from '../errors.ts';
import { isObject } from '../json.ts';
import { pathOf } from '../path.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import { isReadOnly, type Target, targetAt } from './target.ts';
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

/** Okta and Entra ID send some ten. Each attribute in the value of an operation without a path counts as one. */
const MAX_ACTIONS = 1_000;

/**
 * What operations do, one list for each in their order. The value of one without a path is a partial resource: each of its
 * attributes is an action, and those that no schema has go to `unknowns`.
 */
export function actionsOf(type: ResourceType, operations: readonly Operation[], unknowns: string[]): Action[][] {
  let left = MAX_ACTIONS - operations.length;
  requireNotOver(left);
  return operations.map(({ op: name, path, value }) => {
    const op = operationName(name);
    if (!isOp(op)) throw invalidSyntax(`op ${name.slice(0, 20)}: expected add, replace or remove`);
    if (path === undefined && op === 'remove') throw noTarget('remove: expected a path');
    if (value === undefined && op !== 'remove') throw invalidValue(`${path ?? op}: expected a value to ${op}`);
    if (path !== undefined) return [{ op, target: writableTarget(type, path), value }];
    if (!isObject(value)) throw invalidValue(`${op} without a path: expected an object with attributes as its value`);
    left -= Math.max(0, Object.keys(value).length - 1);
    requireNotOver(left);
    return actionsOn(type, op, value, unknowns);
  });
}

const isOp = (name: string): name is Op => name === 'add' || name === 'replace' || name === 'remove';

function requireNotOver(left: number) {
  if (left < 0)
    throw tooMany(`Operations: expected at most ${MAX_ACTIONS} in one request, counting each attribute in the value of one without a path`);
}

/** What the server owns cannot be the target of a path. */
function writableTarget(type: ResourceType, path: string): Target {
  const target = targetAt(type, path);
  if (isReadOnly(target)) throw mutability(`${target.path}: read-only`);
  return target;
}

function actionsOn(type: ResourceType, op: Op, resource: Record<string, unknown>, unknowns: string[]): Action[] {
  const actions: Action[] = [];
  const seen = new Set<string>();
  for (const key of Object.keys(resource)) {
    const target = targetOfKey(type, key);
    if (!target) unknowns.push(key);
    if (!target || isServersOwn(target)) continue;
    const name = target.selection ? key : pathOf(target.chain);
    if (seen.has(name)) throw invalidValue(`${name}: given twice, in different spellings`);
    seen.add(name);
    actions.push({ op, target, value: resource[key] });
  }
  return actions;
}
