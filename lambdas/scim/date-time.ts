const DATE_TIME = /^(\d{4}-\d\d-\d\d)T(\d\d:\d\d:\d\d)(?:\.(\d+))?(Z|[+-]\d\d:\d\d)?$/;

/**
 * A text that sorts as the instants of dateTimes do (RFC 7643 section 2.3.5: xsd:dateTime), or `undefined` for what is none.
 * Fractions of a second count to their last digit. A dateTime without a zone is in UTC.
 */
export function instantOf(text: string): string | undefined {
  const plain = PLAIN.exec(text);
  if (plain) return `${plain[1]}.${trimmed(plain[2])}`;
  const [, date, time, fraction, zone = 'Z'] = DATE_TIME.exec(text) ?? [];
  if (!date || !isDate(date)) return undefined;
  const seconds = Date.parse(`${date}T${time}${zone}`);
  if (Number.isNaN(seconds)) return undefined;
  const [instant = ''] = new Date(seconds).toISOString().split('.');
  // Years below 0 and above 9999 are written in another way, which would sort in another way.
  return instant.length === INSTANT_LENGTH ? `${instant}.${trimmed(fraction)}` : undefined;
}

/** What there is no doubt of: in UTC, on a day that every month has. It needs no calendar, and filters read one for each resource. */
const PLAIN = /^(\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|1\d|2[0-8])T(?:[01]\d|2[0-3]):[0-5]\d:[0-5]\d)(?:\.(\d+))?Z$/;

/** Without zeros at its end. Not with a regular expression: that would look from each zero on, and a client can send many. */
function trimmed(fraction = ''): string {
  let end = fraction.length;
  while (fraction[end - 1] === '0') end--;
  return fraction.slice(0, end);
}

const INSTANT_LENGTH = '2011-05-13T04:42:34'.length;

/** JavaScript takes February 30 for March 2. */
function isDate(date: string): boolean {
  const day = new Date(`${date}T00:00:00Z`);
  return !Number.isNaN(day.getTime()) && day.toISOString().startsWith(date);
}
