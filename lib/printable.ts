/**
 * What a terminal may take for a command, or what changes how the text around it is shown: control characters, format characters (the
 * direction of writing, for one), ends of lines, halves of characters. The two joiners stay: words of some scripts, and emoji, need them.
 */
const UNPRINTABLE = /[[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}]--[\u200c\u200d]]/v;
const ALL_UNPRINTABLE = new RegExp(UNPRINTABLE, 'gv');

export const isPrintable = (text: string): boolean => !UNPRINTABLE.test(text);

/** A text in one line, as it may be shown on a terminal whoever has written it: what may not be is as JSON escapes it. */
export const printable = (text: string): string => text.replaceAll(ALL_UNPRINTABLE, escaped);

const escaped = (character: string): string =>
  character
    .split('')
    .map((unit) => `\\u${unit.charCodeAt(0).toString(16).padStart(4, '0')}`)
    .join('');
