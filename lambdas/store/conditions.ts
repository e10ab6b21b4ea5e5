import type { Key } from './keys.ts';
import type { Write } from './send.ts';

/** Writes nothing, and has its transaction refused if there is no such item. */
export const isThere = (Key: Key): Write => ({ ConditionCheck: { Key, ConditionExpression: 'attribute_exists(pk)' } });

/** The same if there is one. */
export const isGone = (Key: Key): Write => ({ ConditionCheck: { Key, ConditionExpression: 'attribute_not_exists(pk)' } });
