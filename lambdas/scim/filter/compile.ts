import { compareKeys, fold, type Key, keyOf } from '../compare.ts';
import { invalidFilter, type ScimError } from '../errors.ts';
import { isObject, type JsonObject, type JsonValue } from '../json.ts';
import { printPath, resolvePath } from '../path.ts';
import { type Attribute, comparedBy, isHidden, isJoined } from '../schemas/attribute.ts';
import { isBlank } from '../values.ts';
import type { Comparison, ComparisonFilter, Filter, Literal } from './parse.ts';

export type Predicate = (object: JsonObject) => boolean;

/** Where the attributes of a filter stand. */
interface Place {
  /** May prefix the attributes of the core schema. */
  readonly coreUrn?: string;
  /** Before the names of attributes in errors, such as `emails.` for what stands in brackets behind it. */
  readonly prefix?: string;
}

/**
 * Turns a filter into a function. Attributes are looked up once, here: one that no schema declares, or that is never
 * returned or kept nowhere, and an operator that its type cannot have, are `invalidFilter`.
 */
export function compileFilter(filter: Filter, attributes: readonly Attribute[], place: Place = {}): Predicate {
  const compile = (part: Filter): Predicate => compileFilter(part, attributes, place);
  switch (filter.op) {
    case 'and': {
      const all = filter.filters.map(compile);
      return (object) => {
        for (const holds of all) if (!holds(object)) return false;
        return true;
      };
    }
    case 'or': {
      const any = filter.filters.map(compile);
      return (object) => {
        for (const holds of any) if (holds(object)) return true;
        return false;
      };
    }
    case 'not': {
      const holds = compile(filter.filter);
      return (object) => !holds(object);
    }
    default:
      return compileTerm(filter, attributes, place);
  }
}

type TermFilter = Exclude<Filter, { readonly op: 'and' | 'or' | 'not' }>;

function compileTerm(filter: TermFilter, attributes: readonly Attribute[], { coreUrn, prefix = '' }: Place): Predicate {
  const name = prefix + printPath(filter.path);
  const fail: Fail = (detail) => invalidFilter(`${filter.at === undefined ? '' : `at position ${filter.at}: `}${name}: ${detail}`);
  const chain = resolvePath(attributes, filter.path, coreUrn);
  const attribute = chain?.at(-1);
  if (!chain || !attribute) throw fail('no schema of this resource type has this attribute');
  if (chain.some(isHidden)) throw fail('an attribute that is never returned cannot be searched by');
  if (chain.some(isJoined))
    throw fail(`joined when an answer is made, and not to be compared: expected ${name.replace(/[^.]*$/, 'value')}`);

  if (filter.op === 'pr') return someValue(chain, () => true);
  if (filter.op !== 'in') return compileComparison(filter, chain, attribute, fail);
  if (!attribute.subAttributes) throw fail('a filter in brackets needs a complex attribute');
  const holds = compileFilter(filter.filter, attribute.subAttributes, { prefix: `${name}.` });
  return someValue(chain, (value) => isObject(value) && holds(value as JsonObject));
}

type Fail = (detail: string) => ScimError;

function compileComparison({ op, value }: ComparisonFilter, chain: readonly Attribute[], attribute: Attribute, fail: Fail): Predicate {
  if (value === null || value === '') {
    const isPresent = someValue(chain, () => true);
    // Neither is a value (RFC 7643 section 2.5), so that nothing but equality can be asked of them.
    if (op === 'eq') return (object) => !isPresent(object);
    if (op === 'ne') return isPresent;
    if (value === null || ORDERED.has(op)) throw fail(`${JSON.stringify(value)} can be compared with eq and ne only`);
  }
  // A complex attribute is compared by its `value` (RFC 7644 section 3.4.2.2, examples with `emails co`).
  const simple = comparedBy(attribute);
  if (!simple) throw fail('a complex attribute cannot be compared, expected one of its sub-attributes');
  const full = simple === attribute ? chain : [...chain, simple];
  const holds = someValue(full, comparison(op, simple, value, fail), simple.assumed);
  if (op !== 'ne') return holds;
  // RFC 7644 does not say what `ne` means for an attribute without a value: it is not equal.
  const isPresent = someValue(full, () => true);
  return (object) => !isPresent(object) || holds(object);
}

const SUBSTRINGS: Partial<Record<Comparison, (text: string, part: string) => boolean>> = {
  co: (text, part) => text.includes(part),
  sw: (text, part) => text.startsWith(part),
  ew: (text, part) => text.endsWith(part),
};

const ORDERS: Partial<Record<Comparison, (order: number) => boolean>> = {
  gt: (order) => order > 0,
  ge: (order) => order >= 0,
  lt: (order) => order < 0,
  le: (order) => order <= 0,
};

const ORDERED: ReadonlySet<Comparison> = new Set(Object.keys(ORDERS) as Comparison[]);

/** One row of RFC 7644 table 3: how a value of a simple attribute is held against the literal. */
function comparison(op: Comparison, attribute: Attribute, literal: Literal, fail: Fail): (value: JsonValue) => boolean {
  const { type, caseExact } = attribute;
  const contains = SUBSTRINGS[op];
  if (contains) {
    const part = fold(String(literal), caseExact);
    return (value) => contains(fold(String(value), caseExact), part);
  }
  const inOrder = ORDERS[op];
  if (inOrder && (type === 'boolean' || type === 'binary')) throw fail(`${op} does not apply to a ${type}, which has no order`);

  const toKey = keyOf(attribute);
  const wanted = toKey(literal);
  if (wanted === undefined) throw fail(`expected a value of type ${type}, got ${JSON.stringify(literal).slice(0, 100)}`);
  const test: (key: Key) => boolean = inOrder
    ? (key) => inOrder(compareKeys(key, wanted))
    : op === 'eq'
      ? (key) => key === wanted
      : (key) => key !== wanted;
  return (value) => {
    const key = toKey(value);
    return key !== undefined && test(key);
  };
}

/**
 * Whether one of the values at the end of a chain of attributes passes a test, through each value of the multi-valued ones on
 * the way. Where there is none, though there could be one, it is what is assumed.
 */
function someValue(chain: readonly Attribute[], test: (value: JsonValue) => boolean, assumed?: JsonValue): Predicate {
  const atEnd: Test = (value) => value !== undefined && !isBlank(value) && test(value);
  return chain.reduceRight((next, { name }, step) => {
    const otherwise = step === chain.length - 1 ? assumed : undefined;
    const each: Test = (value) => (Array.isArray(value) ? value.some(each) : next(value));
    return (value) => isObject(value) && each((value as JsonObject)[name] ?? otherwise);
  }, atEnd);
}

type Test = (value: JsonValue | undefined) => boolean;

/** Every value at the end of a chain of attributes, through each value of the multi-valued ones on the way. */
export function valuesAt(object: JsonObject, chain: readonly Attribute[]): JsonValue[] {
  const values: JsonValue[] = [];
  someValue(chain, (value) => {
    values.push(value);
    return false;
  })(object);
  return values;
}
