import fc from 'fast-check';
import { resourceTypes } from '../../lambdas/scim/schemas/registry.ts';
import { user } from '../../lambdas/scim/schemas/user.ts';
import { anyText, idOf, mostly, name } from './values.ts';

/*
 * Random paths of attributes, and filters of these, in and out of the grammar of RFC 7644.
 */

const paths = resourceTypes
  .flatMap(({ attributes }) => attributes)
  .flatMap((attribute) => [
    attribute.name,
    ...(attribute.subAttributes ?? []).map((sub) => attribute.name + (attribute.name.startsWith('urn:') ? ':' : '.') + sub.name),
  ]);
export const path = mostly(
  fc.constantFrom(...paths),
  fc.constantFrom('shoeSize', `${user.schema.id}:userName`, 'emails.value.x', 'urn:x:y'),
  anyText,
);

const literal = fc.oneof(
  name.map((text) => JSON.stringify(text)),
  idOf('User', 'Group').map((id) => `"${id}"`),
  fc.constantFrom('true', 'false', 'null', '7', '-1.5e3', '"', "'x'"),
);
const comparison = fc
  .tuple(path, fc.constantFrom('eq', 'EQ', 'ne', 'co', 'sw', 'ew', 'gt', 'ge', 'lt', 'le', 'pr', 'xx'), literal)
  .map(([left, op, right]) => (op === 'pr' ? `${left} pr` : `${left} ${op} ${right}`));
export const { filter } = fc.letrec<{ filter: string }>((tie) => ({
  filter: fc.oneof(
    { depthSize: 'small', withCrossShrink: true },
    comparison,
    fc.tuple(tie('filter'), fc.constantFrom('and', 'or', 'AND', ''), tie('filter')).map(([a, op, b]) => `${a} ${op} ${b}`),
    tie('filter').map((inner) => `not (${inner})`),
    tie('filter').map((inner) => `(${inner}`),
    fc.tuple(fc.constantFrom('emails', 'name', 'userName', 'roles', 'members'), tie('filter')).map(([of, inner]) => `${of}[${inner}]`),
    idOf('User', 'Group').map((id) => `members.value eq "${id}"`),
    fc.constantFrom('emails[type eq "work"].value eq "ada"', 'userName eq "ada" and emails pr'),
    anyText,
  ),
}));
