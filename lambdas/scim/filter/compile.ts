import { invalidFilter } from '../errors.ts';
import { fold } from '../fold.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { printPath, resolvePath } from '../path.ts';
import { type Attribute, attributeNamed } from '../schemas/attribute.ts';
import { booleanFromString, stringFromNumber } from '../tolerances.ts';
import type { Comparison, Filter, Literal } from './parse.ts';

export type Predicate = (object: JsonObject) => boolean;

/** Where the attributes of a filter stand. */
interface Place {
  /** May prefix the attributes of the core schema. */
  readonly coreUrn?: string;
  /** Before the names of attributes in errors, such as `emails.` for what stands in brackets behind it. */
  readonly prefix?: string;
}

/**
 * Turns a filter into a function. Attributes are looked up once, here: one that no schema declares, or an operator
 * that its type cannot have, is `invalidFilter`.
 */
export function compileFilter(filter: Filter, attributes: readonly Attribute[], { coreUrn, prefix = '' }: Place = {}): Predicate {
  const compile = (part: Filter): Predicate => compileFilter(part, attributes, { ...(coreUrn && { coreUrn }), prefix });
  switch (filter.op) {
    case 'and': {
      const all = filter.filters.map(compile);
      return (object) => all.every((holds) => holds(object));
    }
    case 'or': {
      const any = filter.filters.map(compile);
      return (object) => any.some((holds) => holds(object));
    }
    case 'not': {
      const holds = compile(filter.filter);
      return (object) => !holds(object);
    }
  }

  const chain = resolvePath(attributes, filter.path, coreUrn);
  const attribute = chain?.at(-1);
  const name = prefix + printPath(filter.path);
  if (!chain || !attribute) throw invalidFilter(`${name}: no schema of this resource type has this attribute`);

  if (filter.op === 'pr') return (object) => valuesAt(object, chain).length > 0;
  if (filter.op === 'in') {
    if (!attribute.subAttributes) throw invalidFilter(`${name}: a filter in brackets needs a complex attribute`);
    const holds = compileFilter(filter.filter, attribute.subAttributes, { prefix: `${name}.` });
    return (object) => valuesAt(object, chain).some((value) => isObject(value) && holds(value as JsonObject));
  }
  return compileComparison(filter.op, chain, filter.value, name);
}

function compileComparison(op: Comparison, chain: readonly Attribute[], value: Literal, path: string): Predicate {
  const { chain: full, attribute } = comparable(chain, path);
  if (value === null) {
    if (op !== 'eq' && op !== 'ne') throw invalidFilter(`${path}: null can be compared with eq and ne only`);
    return (object) => (valuesAt(object, full).length === 0) === (op === 'eq');
  }
  const toKey = keyOf(attribute);
  const wanted = toKey(value);
  const test = TESTS[op];
  if (wanted === undefined) throw invalidFilter(`${path}: ${JSON.stringify(value)} is no ${attribute.type}`);
  if (!allowed(op, attribute)) throw invalidFilter(`${path}: ${op} does not apply to a ${attribute.type}`);
  return (object) => {
    const found = valuesAt(object, full);
    // RFC 7644 does not say what `ne` means for an attribute without a value: it is not equal.
    if (found.length === 0) return op === 'ne';
    return found.some((candidate) => {
      const key = toKey(candidate as Literal);
      return key !== undefined && test(key, wanted);
    });
  };
}

/** A complex attribute is compared by its `value` (RFC 7644 section 3.4.2.2, examples with `emails co`). */
function comparable(chain: readonly Attribute[], path: string): { chain: readonly Attribute[]; attribute: Attribute } {
  const last = chain.at(-1) as Attribute;
  if (last.type !== 'complex') return { chain, attribute: last };
  const value = attributeNamed(last.subAttributes ?? [], 'value');
  if (!value) throw invalidFilter(`${path}: a complex attribute cannot be compared, name one of its sub-attributes`);
  return { chain: [...chain, value], attribute: value };
}

type Key = string | number | boolean;

/** The form in which values of an attribute are compared; `undefined` for a value that it cannot have. */
function keyOf({ type, caseExact }: Attribute): (value: Literal) => Key | undefined {
  switch (type) {
    case 'boolean':
      return (value) => {
        const meant = booleanFromString(value);
        return typeof meant === 'boolean' ? meant : undefined;
      };
    case 'integer':
    case 'decimal':
      return (value) => (typeof value === 'number' ? value : undefined);
    case 'dateTime':
      return (value) => {
        const time = typeof value === 'string' ? Date.parse(value) : Number.NaN;
        return Number.isNaN(time) ? undefined : time;
      };
    default:
      return (value) => {
        const meant = stringFromNumber(value);
        return typeof meant === 'string' ? fold(meant, caseExact) : undefined;
      };
  }
}

const TESTS: Record<Comparison, (a: Key, b: Key) => boolean> = {
  eq: (a, b) => a === b,
  ne: (a, b) => a !== b,
  co: (a, b) => String(a).includes(String(b)),
  sw: (a, b) => String(a).startsWith(String(b)),
  ew: (a, b) => String(a).endsWith(String(b)),
  gt: (a, b) => a > b,
  ge: (a, b) => a >= b,
  lt: (a, b) => a < b,
  le: (a, b) => a <= b,
};

const ORDERED = new Set<Comparison>(['gt', 'ge', 'lt', 'le']);
const EQUALITY = new Set<Comparison>(['eq', 'ne']);

/** RFC 7644 table 3: Booleans and binary values have no order; only strings have parts. */
function allowed(op: Comparison, { type }: Attribute): boolean {
  if (EQUALITY.has(op)) return true;
  if (type === 'boolean' || type === 'binary') return false;
  if (type === 'integer' || type === 'decimal' || type === 'dateTime') return ORDERED.has(op);
  return true;
}

/** Every value at the end of a chain of attributes, through each value of the multi-valued ones on the way. */
export function valuesAt(object: JsonObject, chain: readonly Attribute[]): JsonValue[] {
  let level: JsonValue[] = [object];
  for (const { name } of chain) {
    level = level.flatMap((value) => {
      const next = isObject(value) ? (value as JsonObject)[name] : undefined;
      return next === undefined || next === '' ? [] : next;
    });
  }
  return level;
}
