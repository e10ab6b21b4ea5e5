/** Longer than what identity providers call themselves. */
const MAX_LENGTH = 200;

/** As much is read, so that no length of a text costs time. */
const MAX_READ = 2_000;

/** What separates words, and could end a line where somebody shows it: control characters, and the separators of Unicode. */
const BETWEEN = /[\p{Cc}\p{Z}]+/u;

/** What nobody sees may stand in the middle of a word, or between two, so that neither is known for what it is. */
const UNSEEN = /\p{Cf}/u;

/** What follows one is a credential, however short and in however many words. `SSWS` is Okta's own. */
const SCHEME = /(?:basic|bearer|digest|ssws|token|ntlm|negotiate|api[-_]?key|authorization)(?![a-z])/i;

const VERSION = String.raw`v?\d{1,5}(?:[._]\d{1,5}){0,4}(?:[-+.]?[a-z]{1,8}\.?\d{0,4})?`;
/** Digits end a part of a name, and are not among its letters as in a key. */
const NAME = String.raw`[a-z]{1,24}\d{0,4}(?:[.+!-][a-z]{0,24}\d{0,4}){0,5}`;
/** RFC 9110 section 10.1.5: a product, its version, or both, or a word of a comment in parentheses. */
const PRODUCT = new RegExp(String.raw`^\(?(?:${NAME}(?:/${VERSION})?|${VERSION}|x86_64)[;,]?\)?[;,]?$`, 'i');

/**
 * What a client calls itself, as it may be in the log: the words that products and their versions are made of, in one line, and cut.
 * Any other word may be a credential or of a person, and so may be what stands behind the name of a scheme.
 */
export function masked(text: string): string {
  if (UNSEEN.test(text)) return MASKED;
  const words = text.slice(0, MAX_READ).split(BETWEEN);
  // What is half a token is no less a secret, and looks like none: the last word may have been cut here, and the end is cut last.
  if (text.length > MAX_READ) words.pop();
  const scheme = words.findIndex((word) => SCHEME.test(word));
  const shown = words.slice(0, scheme < 0 ? undefined : scheme).map((word) => (word === '' || isProduct(word) ? word : MASKED));
  return [...shown, ...(scheme < 0 ? [] : [MASKED])].join(' ').trim().slice(0, MAX_LENGTH);
}

const MASKED = '(masked)';

const isProduct = (word: string): boolean => PRODUCT.test(word) && !isPrivate(word) && !isKey(word);

/** An e-mail address, percent-encoded or not, or the beginning of a token of ours. */
const PRIVATE = /@|%40|(?:^|[^a-z0-9])rc\.[a-z0-9-]{1,63}\./i;

/** Whether a word looks like an e-mail address or a token. */
export const isPrivate = (word: string): boolean => PRIVATE.test(word);

/** Whether one is as long as a key or a digest, and longer than a word; or is a key of AWS's. */
export const isKey = (word: string): boolean => /[\w+=-]{32}|(?:AKIA|ASIA)[A-Z0-9]{16}/.test(word);
