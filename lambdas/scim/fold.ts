/**
 * The form in which two strings are compared (RFC 7643 section 2.2, caseExact).
 * Filters, index keys and uniqueness all use it, so that they cannot disagree.
 */
export const fold = (value: string, caseExact: boolean): string => (caseExact ? value : value.normalize('NFC').toLowerCase());
