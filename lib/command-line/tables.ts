import type { Duplicate } from '../../lambdas/store/upkeep/reindex.ts';
import type { TokenView } from '../operator/tokens.ts';
import { type Screen, styled, table } from './screen.ts';

const HEADINGS = ['TOKEN', 'LABEL', 'SCOPE', 'STATE', 'CREATED', 'EXPIRES', 'LAST USED'];

const cellsOf = ({ id, label, scopes, state, createdAt, expiresAt = 'never', lastUsedAt = 'never' }: TokenView): string[] => [
  id,
  label,
  scopes.join(' '),
  state,
  toTheMinute(createdAt),
  toTheMinute(expiresAt),
  toTheMinute(lastUsedAt),
];

/** Tokens, by the ids that other commands take. */
export const tokenTable = (stream: Screen['stdout'], tokens: readonly TokenView[]): string =>
  tokens.length > 0 ? table(stream, HEADINGS, tokens.map(cellsOf)) : 'There is no token.\n';

/** The same for several directories. */
export const tokensByDirectory = (stream: Screen['stdout'], all: readonly (TokenView & { readonly directory: string })[]): string =>
  table(
    stream,
    ['DIRECTORY', ...HEADINGS],
    all.map((token) => [token.directory, ...cellsOf(token)]),
  );

/** UTC; other words as they are. */
export const toTheMinute = (instant: string): string => instant.replace(/^(\d{4}-\d\d-\d\d)T(\d\d:\d\d).*$/, '$1 $2');

/** Values that should be one resource's and are two's; the values themselves are not known. */
export const duplicatesText = (stream: Screen['stdout'], duplicates: readonly Duplicate[]): string =>
  duplicates.length === 0
    ? ''
    : `\n${styled(stream, 'yellow', 'The same value twice, where it should be unique:')}\n${table(
        stream,
        ['DIRECTORY', 'ATTRIBUTE', 'IS FOUND BY IT', 'IS NOT'],
        duplicates.map(({ directory, type, attribute, holder, id }) => [directory, `${type}.${attribute}`, holder, id]),
      )}`;
