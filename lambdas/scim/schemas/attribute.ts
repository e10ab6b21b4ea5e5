import { oncePer } from '../once-per.ts';

/** The keywords of RFC 7643 section 7; the schema of schemas lists them as they stand here. */
export const TYPES = ['string', 'boolean', 'decimal', 'integer', 'dateTime', 'binary', 'reference', 'complex'] as const;
export const MUTABILITIES = ['readOnly', 'readWrite', 'immutable', 'writeOnly'] as const;
export const RETURNED = ['always', 'never', 'default', 'request'] as const;
export const UNIQUENESS = ['none', 'server', 'global'] as const;

export type AttributeType = (typeof TYPES)[number];

/** One attribute with its characteristics (RFC 7643 section 2.2), spelled as section 7 spells them. */
export interface Attribute {
  readonly name: string;
  readonly type: AttributeType;
  readonly description: string;
  readonly multiValued: boolean;
  readonly required: boolean;
  readonly caseExact: boolean;
  readonly mutability: (typeof MUTABILITIES)[number];
  readonly returned: (typeof RETURNED)[number];
  readonly uniqueness: (typeof UNIQUENESS)[number];
  readonly canonicalValues?: readonly string[];
  readonly referenceTypes?: readonly string[];
  readonly subAttributes?: readonly Attribute[];
  /** The most characters that a string has. Ours, like those below: no schema shows it. */
  readonly maxLength?: number;
  /** What a filter takes a value to be where it is not given. */
  readonly assumed?: boolean;
  /** Accepted from clients that always send it, and dropped. */
  readonly discarded?: boolean;
  /** Put together from other resources when an answer is made, and kept nowhere: there is nothing to compare or to sort by. */
  readonly joined?: boolean;
}

type Characteristics = Partial<Omit<Attribute, 'name' | 'type' | 'description'>>;

const define =
  (type: AttributeType) =>
  (name: string, description: string, characteristics: Characteristics = {}): Attribute => ({
    name,
    type,
    description,
    multiValued: false,
    required: false,
    // RFC 7643 sections 2.3.6 and 2.3.7: binary values and references are case exact.
    caseExact: type === 'binary' || type === 'reference',
    mutability: 'readWrite',
    returned: 'default',
    uniqueness: 'none',
    ...characteristics,
  });

export const string = define('string');
export const boolean = define('boolean');
export const integer = define('integer');
export const decimal = define('decimal');
export const dateTime = define('dateTime');
export const binary = define('binary');
export const reference = define('reference');

export const complex = (name: string, description: string, subAttributes: readonly Attribute[], characteristics: Characteristics = {}) =>
  define('complex')(name, description, { subAttributes, ...characteristics });

/** A multi-valued complex attribute. Its values are not primary where they do not say so (RFC 7643 section 2.4). */
export const many = (name: string, description: string, subAttributes: readonly Attribute[], characteristics: Characteristics = {}) =>
  complex(
    name,
    description,
    subAttributes.map((sub) => (sub.name === 'primary' && sub.type === 'boolean' ? { assumed: false, ...sub } : sub)),
    { multiValued: true, ...characteristics },
  );

/** Whether nobody is ever shown the values of an attribute. */
export const isHidden = ({ mutability, returned }: Attribute): boolean => returned === 'never' || mutability === 'writeOnly';

/** Whether there are values of an attribute in answers alone. */
export const isJoined = ({ joined = false }: Attribute): boolean => joined;

/** Whether what stands for an extension (see `ResourceType`): what it holds are attributes of the resource, and no parts of one value. */
export const isExtension = ({ name }: Attribute): boolean => name.includes(':');

/** Whether something is true of an attribute or of one of its sub-attributes. */
export const holds = (attribute: Attribute, test: (attribute: Attribute) => boolean): boolean =>
  test(attribute) || (attribute.subAttributes?.some((sub) => holds(sub, test)) ?? false);

/** By the name as it is declared, and by the name in lower case. */
const byName = oncePer(
  (attributes: readonly Attribute[]): ReadonlyMap<string, Attribute> =>
    new Map(attributes.flatMap((attribute) => [[attribute.name, attribute] as const, [attribute.name.toLowerCase(), attribute] as const])),
);

/** The attribute of that name, compared without case (RFC 7643 section 2.1). */
export function attributeNamed(attributes: readonly Attribute[], name: string): Attribute | undefined {
  const names = byName(attributes);
  return names.get(name) ?? names.get(name.toLowerCase());
}

/** The simple attribute that values of an attribute are compared by: itself, or the `value` of a complex one, if it has one. */
export const comparedBy = (attribute: Attribute): Attribute | undefined =>
  attribute.type === 'complex' ? attributeNamed(attribute.subAttributes ?? [], 'value') : attribute;
