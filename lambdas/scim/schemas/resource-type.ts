import type { JsonObject } from '../json.ts';
import { attributePath, pathOf, resolvePath } from '../path.ts';
import { assignmentsSchema } from './assignments.ts';
import { type Attribute, attributeNamed, complex, dateTime, holds, isHidden, reference, string } from './attribute.ts';
import type { Settings } from './settings.ts';

/** A schema of RFC 7643 section 7. */
export interface Schema {
  readonly id: string;
  readonly name: string;
  readonly description: string;
  readonly attributes: readonly Attribute[];
}

interface Extension {
  readonly schema: Schema;
  readonly required: boolean;
}

/** That values of an attribute name resources which are granted by them, as those of a user's `roles` do. */
export interface Grants {
  /** The name of a multi-valued attribute whose values have `value`, `display` and `type`. */
  readonly attribute: string;
  /** The resource types of what can be granted. */
  readonly types: readonly ResourceType[];
  /** Whether the `type` of a value is the name of one of them. Else there is one, and `type` is any label. */
  readonly typed: boolean;
}

/** What a vendor writes down to add a resource type; everything else follows from it. */
export interface Definition {
  /** Also the `id` in `/ResourceTypes` and `meta.resourceType`. It begins with a capital, as no other part of a key does. */
  readonly name: string;
  /** Relative to the base URL, for example `/Users`. */
  readonly endpoint: string;
  readonly description: string;
  readonly schema: Schema;
  readonly extensions?: readonly Extension[];
  /** Paths of attributes, such as `emails.value`, by which resources are looked up. Unique ones are looked up anyway. */
  readonly indexed?: readonly string[];
  /**
   * Paths like those of `indexed` that are not looked up by yet: the resources of a full table have no entries for them before
   * `reindex` has run. After that they belong into `indexed`.
   */
  readonly indexing?: readonly string[];
  /** Paths of `indexed` whose values are unique in a directory of which a setting says so: see `typeIn`. */
  readonly uniqueIf?: Readonly<Record<string, keyof Settings>>;
  /** What an attribute is when a new resource does not name it; a replaced one then keeps what it had. */
  readonly defaults?: JsonObject;
  /** The attribute that names the groups which a resource is a member of; none if it cannot be one, or does not tell. */
  readonly memberOf?: string;
  /** The attribute whose values are other resources, if there is one: there may be 100,000, which are kept apart from the resource. */
  readonly members?: string;
  /** Attributes that name a resource to people: where others refer to it, they show the first that it has. */
  readonly naming?: readonly string[];
  /** What an attribute is in every resource of the type; given otherwise, it is refused. */
  readonly constants?: JsonObject;
  /** Whether a client may choose the id of a resource that it creates. Such resources are one collection: they are not to be too many. */
  readonly givenIds?: boolean;
  /** The only credentials that may write resources of the type; any of the directory's if absent. */
  readonly writtenBy?: 'application';
  /** The attributes whose values grant resources of other types. */
  readonly grants?: readonly Grants[];
  /** How many of its resources one user may be granted: 1 if it is single-valued, any number if absent. */
  readonly mostPerUser?: number;
}

/** What a type may be without. */
type Optional = 'memberOf' | 'members' | 'writtenBy' | 'mostPerUser';

/** A resource type of RFC 7643 section 6. The one description that validation, filters, PATCH, keys and discovery share. */
export interface ResourceType extends Required<Omit<Definition, Optional>>, Pick<Definition, Optional> {
  /** Every attribute of a resource: the ones all types have, the schema's, and each extension as a complex attribute named by its URN. */
  readonly attributes: readonly Attribute[];
  /** Paths of the attributes whose values are unique in a directory, apart from the id. */
  readonly unique: readonly string[];
  /** Whether resources are kept with values that nobody is shown. */
  readonly keepsHidden: boolean;
  /** Whether it is counted how often each resource is granted: its extensions say so. */
  readonly counted: boolean;
}

/** The attributes that every resource has (RFC 7643 sections 3 and 3.1), in front of its own and behind them. */
const FIRST: readonly Attribute[] = [
  string('schemas', 'URIs of the schemas whose attributes are present.', {
    multiValued: true,
    required: true,
    caseExact: true,
    returned: 'always',
  }),
  string('id', 'Identifier that the service provider gave to the resource.', {
    required: true,
    caseExact: true,
    mutability: 'readOnly',
    returned: 'always',
    uniqueness: 'server',
  }),
  string('externalId', 'Identifier that the provisioning client gave to the resource.', { caseExact: true }),
];
const LAST: Attribute = complex(
  'meta',
  'Metadata of the resource.',
  [
    string('resourceType', 'Name of the resource type.', { caseExact: true, mutability: 'readOnly' }),
    dateTime('created', 'When the resource was added.', { mutability: 'readOnly' }),
    dateTime('lastModified', 'When the resource was last changed.', { mutability: 'readOnly' }),
    reference('location', 'URI of the resource.', { mutability: 'readOnly', referenceTypes: ['uri'] }),
    string('version', 'Version of the resource, as in its ETag.', { caseExact: true, mutability: 'readOnly' }),
  ],
  { mutability: 'readOnly' },
);

/** Sees an extension as a complex attribute: that is how its values stand in a resource. */
const asAttribute = ({ schema, required }: Extension): Attribute => complex(schema.id, schema.description, schema.attributes, { required });

const NAME = /^[A-Z][A-Za-z0-9]{0,63}$/;
const ENDPOINT = /^\/[A-Za-z][A-Za-z0-9-]{0,63}$/;

/** Throws where a definition contradicts itself: the service then does not start, and nothing is synthesized. */
export function defineResourceType(definition: Definition): ResourceType {
  const { name, endpoint, schema, extensions = [], indexed = [], indexing = [], uniqueIf = {}, defaults = {}, constants = {} } = definition;
  if (!NAME.test(name)) throw new Error(`${name}: expected a name of letters and digits that begins with a capital, as in License`);
  if (!ENDPOINT.test(endpoint))
    throw new Error(`${name}: the endpoint ${endpoint} is none, expected one segment of a path, as in /Licenses`);
  const own = [...schema.attributes, ...extensions.map(asAttribute)];
  for (const path of [...indexed, ...indexing]) requireIndexable(name, [...FIRST, ...own], path);
  for (const path of Object.keys(uniqueIf))
    if (!indexed.includes(path)) throw new Error(`${name}: ${path} cannot become unique, expected a path of indexed`);
  for (const grants of definition.grants ?? []) requireGrantable(name, own, indexed, grants);
  return {
    indexed: [],
    indexing: [],
    uniqueIf: {},
    constants: {},
    givenIds: false,
    grants: [],
    naming: ['displayName'],
    ...definition,
    defaults: { ...defaults, ...constants },
    extensions,
    attributes: [...FIRST, ...own, LAST],
    unique: uniquePaths(own),
    keepsHidden: own.some((attribute) => holds(attribute, (one) => isHidden(one) && !one.discarded)),
    counted: extensions.some((extension) => extension.schema === assignmentsSchema),
  };
}

function requireGrantable(name: string, own: readonly Attribute[], indexed: readonly string[], { attribute, types, typed }: Grants) {
  const subAttributes = attributeNamed(own, attribute)?.subAttributes ?? [];
  if (!['value', 'display', 'type'].every((sub) => attributeNamed(subAttributes, sub)))
    throw new Error(`${name}: ${attribute} cannot grant anything, expected an attribute with value, display and type`);
  if (!indexed.includes(`${attribute}.value`))
    throw new Error(`${name}: ${attribute}.value is not indexed, and nobody would know who has what`);
  if (!typed && types.length !== 1) throw new Error(`${name}: ${attribute} grants ${types.length} types, expected one, or typed values`);
  for (const type of types)
    if (!type.givenIds) throw new Error(`${name}: ${attribute} cannot grant a ${type.name}, expected a type with givenIds`);
}

/** What is not given has no index entry, so that an attribute for which a value is assumed cannot be looked up by. */
function requireIndexable(type: string, attributes: readonly Attribute[], path: string) {
  const named = attributePath(path);
  const attribute = named && resolvePath(attributes, named)?.at(-1);
  if (!attribute || attribute.subAttributes || attribute.assumed !== undefined)
    throw new Error(`${type}: ${path} cannot be indexed, expected the path of an attribute with values of its own, as in emails.value`);
}

const uniquePaths = (attributes: readonly Attribute[], above: readonly Attribute[] = []): string[] =>
  attributes.flatMap((attribute) => {
    const chain = [...above, attribute];
    return [...(attribute.uniqueness === 'none' ? [] : [pathOf(chain)]), ...uniquePaths(attribute.subAttributes ?? [], chain)];
  });

/** Those of some types to whose resources the resources of another one are granted. */
export const holdersAmong = (types: readonly ResourceType[], granted: ResourceType): ResourceType[] =>
  types.filter(({ grants }) => grants.some((one) => one.types.includes(granted)));
