import { type Key, keyOf } from '../compare.ts';
import { ScimError } from '../errors.ts';
import type { Filter } from '../filter/parse.ts';
import { canonicalJson, isObject, type JsonObject, type JsonValue } from '../json.ts';
import { identityOf, typeOf } from '../multi-valued.ts';
import { type Attribute, attributeNamed } from '../schemas/attribute.ts';
import type { ResourceType } from '../schemas/resource-type.ts';
import { isAbsent, isBlank } from '../values.ts';
import type { Action } from './actions.ts';
import { isPartial } from './same.ts';
import { isReadOnly, type Target, targetAt } from './target.ts';

/*
 * Shapes of PATCH that RFC 7644 does not have and a client is known to send. Each function names its client.
 */

/** Entra ID writes the operations' names with a capital: `Add`, `Replace`, `Remove`. */
export const operationName = (op: string): string => op.toLowerCase();

/**
 * Okta sends `id` with each rename of a group, and clients that echo a GET send `meta`, `schemas` and `groups`, in the
 * value of an operation without a path. What the server owns is left out there; named in a path, it is an error.
 */
export const isServersOwn = (target: Target): boolean => isReadOnly(target) || target.chain.some(({ name }) => name === 'schemas');

/**
 * Entra ID, with its `aadOptscim062020` flag, merges replacements into one operation without a path whose keys are paths:
 * `name.givenName`, `urn:ietf:params:scim:schemas:extension:enterprise:2.0:User:employeeNumber`. A key that is no path to
 * anything is an attribute that no schema has, and left out as from any body.
 */
export function targetOfKey(type: ResourceType, key: string): Target | undefined {
  try {
    return targetAt(type, key);
  } catch (error) {
    if (error instanceof ScimError) return undefined;
    throw error;
  }
}

/**
 * Entra ID adds and replaces `emails[type eq "work"].value` where no such e-mail exists, and means that one be made.
 * Gives the value that the filter describes, where it is made of `eq` and `and` alone.
 */
export function valueThatMatches(filter: Filter): JsonObject | undefined {
  if (filter.op === 'and') {
    const parts = filter.filters.map(valueThatMatches);
    return parts.every((part) => part !== undefined) ? Object.assign({}, ...parts) : undefined;
  }
  if (filter.op !== 'eq' || filter.value === null || filter.path.urn || filter.path.names.length !== 1) return undefined;
  return { [filter.path.names[0] as string]: filter.value };
}

/**
 * Entra ID clears by `""` what a user no longer has, `phoneNumbers[type eq "mobile"].value` say, also where there is no such value:
 * that is no `noTarget`, and nothing is made.
 */
export const clearsNothing = ({ op, value }: Pick<Action, 'op' | 'value'>, sub: Attribute | undefined): boolean =>
  op === 'remove' || (sub ? isAbsent(value) : isBlank(value));

/**
 * Clients that were tried with SCIMMY and scim-patch, which both take it, give one value of a multi-valued attribute without an
 * array around it. RFC 7644 section 3.5.2.1 has that for `add`.
 */
export const listOf = (value: unknown): readonly unknown[] => (Array.isArray(value) ? value : [value]);

/**
 * Entra ID, and Okta for some apps, remove from a multi-valued attribute by `value` instead of a filter:
 * `{"op":"Remove","path":"members","value":[{"value":"…"}]}`. One that names a `type` means none of another type. Values without
 * a `value` name what has all that they give.
 */
export function isNamedBy(attribute: Attribute, given: readonly JsonValue[]): (element: JsonValue) => boolean {
  const identity = identityOf(attribute);
  const type = typeOf(attribute);
  const types = new Map<Key, Set<Key | undefined>>();
  for (const value of given.filter((one) => !isPartial(one))) {
    const key = identity(value);
    types.set(key, (types.get(key) ?? new Set()).add(type(value)));
  }
  const hasAll = given.filter(isPartial).map((wanted) => likenessTo(attribute, wanted));
  return (element) => {
    const named = types.get(identity(element));
    const own = type(element);
    return (named && (own === undefined || named.has(undefined) || named.has(own))) || hasAll.some((holds) => holds(element));
  };
}

/** Whether a value has every part of another one, compared as the schema says. */
function likenessTo({ subAttributes = [] }: Attribute, wanted: JsonObject): (element: JsonValue) => boolean {
  const parts = Object.entries(wanted).map(([name, part]) => {
    const sub = attributeNamed(subAttributes, name);
    const toKey = sub && !sub.multiValued ? keyOf(sub) : canonicalJson;
    return { name, toKey, key: toKey(part) };
  });
  return (element) => isObject(element) && parts.every(({ name, toKey, key }) => toKey(element[name]) === key);
}
