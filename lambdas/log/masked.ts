/** Longer than what identity providers call themselves. */
const MAX_LENGTH = 200;

/** What separates words, and could end a line where somebody shows it: control characters, and the separators of Unicode. */
const BETWEEN = /[\p{Cc}\p{Z}]+/u;

/**
 * What some free text of a client's may be in the log as: without words that look like a credential or an address, in one line, and
 * cut. It is the client's own line, and what else it has to say there it says of itself.
 */
export function masked(text: string): string {
  const words = text.split(BETWEEN);
  // The cut is last: what is half a token is no less a secret, and looks like none.
  return words
    .map((word, i) => (isPrivate(word) || isKey(word) || isScheme(words[i - 1]) ? '(masked)' : word))
    .join(' ')
    .trim()
    .slice(0, MAX_LENGTH);
}

/** An e-mail address, percent-encoded or not, or the beginning of a token of ours. */
const PRIVATE = /@|%40|(?:^|[^a-z0-9])rc\.[a-z0-9-]{1,63}\./i;

/** Whether a word looks like an e-mail address or a token. */
export const isPrivate = (word: string): boolean => PRIVATE.test(word);

/** As long as a key or a digest, and longer than a word. */
const isKey = (word: string): boolean => /[\w+=-]{32}/.test(word);

/** What follows one is a credential, however short. */
const isScheme = (word = ''): boolean => /(?:^|\W)(?:basic|bearer):?$/i.test(word);
