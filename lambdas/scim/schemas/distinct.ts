import type { ResourceType } from './resource-type.ts';

/** Endpoints of the protocol itself: a type at one of them would be out of reach. */
const RESERVED: ReadonlySet<string> = new Set(['/serviceproviderconfig', '/resourcetypes', '/schemas', '/me', '/bulk']);

/** Throws where two types have the same name or endpoint, or two schemas the same URN: nobody could tell them apart. */
export function distinct(types: readonly ResourceType[]): readonly ResourceType[] {
  const taken = new Map<string, unknown>();
  const take = (what: string, by: unknown) => {
    if ((taken.get(what.toLowerCase()) ?? by) !== by)
      throw new Error(`${what} is taken by two resource types, expected each to have its own`);
    taken.set(what.toLowerCase(), by);
  };
  for (const type of types) {
    if (RESERVED.has(type.endpoint.toLowerCase())) throw new Error(`${type.name}: ${type.endpoint} is an endpoint of the protocol`);
    for (const own of [type.name, type.endpoint]) take(own, type);
    for (const schema of [type.schema, ...type.extensions.map((extension) => extension.schema)]) take(schema.id, schema);
  }
  return types;
}
