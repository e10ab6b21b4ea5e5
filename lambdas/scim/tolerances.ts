import { isObject } from './json.ts';
import { type Attribute, comparedBy } from './schemas/attribute.ts';

/*
 * Values that RFC 7643 would refuse and a client is known to send. Each function names its client and gives back
 * what the client meant, or the value as it was.
 */

/**
 * Okta's own samples give numbers where strings are declared (postalCode, employeeNumber, externalId). One that JSON's numbers do
 * not carry exactly, or that would be written another way than it was sent, is left to be refused.
 */
export function stringFromNumber(value: unknown): unknown {
  if (typeof value !== 'number') return value;
  const isExact = Number.isSafeInteger(value) || /^-?\d+\.\d{1,15}$/.test(String(value));
  return isExact ? String(value) : value;
}

/** Entra ID writes booleans as "True" and "False", in bodies, PATCH values and value filters. */
export function booleanFromString(value: unknown): unknown {
  if (typeof value !== 'string') return value;
  return { true: true, false: false }[value.toLowerCase()] ?? value;
}

/** Entra ID sends the manager as a bare id, or as an array of one object, where a complex value is declared: the whole of it. */
export function complexFromValue(attribute: Attribute, value: unknown): unknown {
  if (Array.isArray(value)) return value.length <= 1 ? value[0] : value;
  return typeof value === 'string' && comparedBy(attribute) ? { value } : value;
}

/**
 * Entra ID, without its flag, has PATCH put an app role into `roles` as JSON inside of `value`: the text of
 * `{"id": …, "value": "Admin", "displayName": "Admin"}`. In a POST the same role is the bare value.
 */
export function roleFromJson({ name }: Attribute, value: unknown): unknown {
  if (name !== 'roles' || !isObject(value) || typeof value.value !== 'string' || !value.value.startsWith('{')) return value;
  const role = parsed(value.value);
  if (!isObject(role) || typeof role.value !== 'string') return value;
  const { value: id, displayName } = role;
  return { ...value, value: id, ...(value.display === undefined && typeof displayName === 'string' && { display: displayName }) };
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

/**
 * Okta pushes `""` for a profile's empty attributes, and Entra ID clears with it what a user no longer has: it stands for null,
 * which RFC 7643 section 2.5 has.
 */
export const isEmptyText = (value: unknown): boolean => value === '';
