import { isObject, type JsonObject, type JsonValue } from '../../lambdas/scim/json.ts';

/** What is known under a name: a value that an answer gave, or a list of them. */
export type Known = ReadonlyMap<string, unknown>;

/** In an array: one element for each value of a list, in which `{{each}}` is the value and `{{n}}` its number. */
interface ForEach {
  readonly forEach: string;
  readonly element: JsonValue;
}

/** In place of an array: its elements in the order of what each has under a name, as ids that are made up have none that a file knows. */
interface Sorted {
  readonly sortedBy: string;
  readonly elements: readonly JsonValue[];
}

/** A value of a file with `{{name}}` in its texts replaced by what is known, and the two forms above by what they stand for. */
export function filled(value: JsonValue, known: Known): JsonValue {
  if (typeof value === 'string') return filledText(value, known);
  if (Array.isArray(value)) return filledElements(value, known);
  if (!isObject(value)) return value;
  if (isSorted(value)) return inOrder(filledElements(value.elements, known), value.sortedBy);
  return Object.fromEntries(Object.entries(value as JsonObject).map(([name, part]) => [filledText(name, known), filled(part, known)]));
}

const filledText = (text: string, known: Known) => text.replaceAll(/\{\{(\w+)\}\}/g, (_, name: string) => String(known.get(name)));

const filledElements = (elements: readonly JsonValue[], known: Known): JsonValue[] =>
  elements.flatMap((element) => (isForEach(element) ? repeated(element, known) : [filled(element, known)]));

const repeated = ({ forEach, element }: ForEach, known: Known): JsonValue[] =>
  (known.get(forEach) as unknown[]).map((each, i) => filled(element, new Map([...known, ['each', each], ['n', i + 1]])));

const isForEach = (value: unknown): value is ForEach => isObject(value) && 'forEach' in value;
const isSorted = (value: unknown): value is Sorted => isObject(value) && 'sortedBy' in value;

const inOrder = (elements: readonly JsonValue[], name: string): JsonValue[] => {
  const key = (element: JsonValue) => String((element as JsonObject)[name]);
  return [...elements].sort((a, b) => (key(a) < key(b) ? -1 : 1));
};
