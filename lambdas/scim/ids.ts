import { invalidValue } from './errors.ts';
import { memberNamed } from './json.ts';
import type { ResourceType } from './schemas/resource-type.ts';
import { stringFromNumber } from './tolerances.ts';
import { isAbsent } from './values.ts';

/** Whether a text can be the id of a user or a group: a UUID in lower case, as the service gives them. */
export const isId = (text: string): boolean => /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}$/.test(text);

/** One segment of a path that needs no encoding. Dots alone are none: clients and gateways resolve `.` and `..`. */
const GIVEN = /^(?!\.+$)[A-Za-z0-9._~-]{1,255}$/;

/** Stands where an id would: `/Licenses/.search` (RFC 7644 section 3.4.3). */
const NO_ID = '.search';

/** Whether a text can be the id of a resource of a type. What cannot is nobody's id, and no key is made of it. */
export const isIdOf = ({ givenIds }: Pick<ResourceType, 'givenIds'>, text: string): boolean =>
  givenIds ? GIVEN.test(text) && text !== NO_ID : isId(text);

/**
 * The id that a client has chosen for a new resource, if it may and does. Throws `invalidValue` for what cannot be one. Where the
 * service gives the ids, `id` is ignored as all that is not the client's to give.
 */
export function givenId(type: ResourceType, body: Record<string, unknown>): string | undefined {
  if (!type.givenIds) return undefined;
  const given = memberNamed(body, 'id');
  if (isAbsent(given)) return undefined;
  const id = stringFromNumber(given);
  if (typeof id === 'string' && isIdOf(type, id)) return id;
  throw invalidValue(`id: expected 1 to 255 letters, digits and any of . _ ~ -, but not dots alone and not ${NO_ID}`);
}
