import { printPath } from '../path.ts';
import type { Filter, Literal } from './parse.ts';

/** Writes a filter as text that parses to the same tree, with no brackets but those it needs. */
export function printFilter(filter: Filter): string {
  switch (filter.op) {
    case 'and':
      return filter.filters
        .map((part) => (part.op === 'and' || part.op === 'or' ? `(${printFilter(part)})` : printFilter(part)))
        .join(' and ');
    case 'or':
      return filter.filters.map((part) => (part.op === 'or' ? `(${printFilter(part)})` : printFilter(part))).join(' or ');
    case 'not':
      return `not (${printFilter(filter.filter)})`;
    case 'in':
      return `${printPath(filter.path)}[${printFilter(filter.filter)}]`;
    case 'pr':
      return `${printPath(filter.path)} pr`;
    default:
      return `${printPath(filter.path)} ${filter.op} ${printLiteral(filter.value)}`;
  }
}

/** JSON knows -0, and JavaScript's writer of JSON does not. */
const printLiteral = (value: Literal): string => (Object.is(value, -0) ? '-0' : JSON.stringify(value));
