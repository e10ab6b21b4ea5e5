import fc from 'fast-check';
import type { Sort } from '../../../lambdas/scim/sort.ts';
import { addresses, type Email, emailTypes, externalIds, fold, grants, type Person, titles, userNames } from './people.ts';

/*
 * Random searches. Each filter comes with a plain predicate that was never parsed: what the service makes of the text is held
 * against it.
 */

/** A user of the model, by which nothing but the model finds it. */
export interface Entry {
  readonly id: string;
  readonly version: number;
  readonly person: Person;
}

export interface RandomFilter {
  readonly text: string;
  readonly holds: (entry: Entry) => boolean;
}

export interface Search {
  /** Takes an id that is or was somebody's. */
  readonly filter?: (idAt: (n: number) => string) => RandomFilter;
  readonly sort?: Sort;
  readonly startIndex: number;
  readonly count: number;
}

type Late = NonNullable<Search['filter']>;
const plain = (text: string, holds: (person: Person) => boolean): Late => {
  const filter: RandomFilter = { text, holds: ({ person }) => holds(person) };
  return () => filter;
};
const someEmail = (holds: (email: Email) => boolean) => (person: Person) => person.emails?.some(holds) ?? false;
const same = (a: string, b: string) => fold(a) === fold(b);

/** What is looked up by an entry. */
const lookedUp: fc.Arbitrary<Late> = fc.oneof(
  userNames.map((name) => plain(`userName eq "${name}"`, ({ userName }) => same(userName, name))),
  externalIds.map((wanted) => plain(`externalId eq "${wanted}"`, ({ externalId }) => externalId === wanted)),
  addresses.map((wanted) =>
    plain(
      `emails.value eq "${wanted}"`,
      someEmail(({ value }) => same(value, wanted)),
    ),
  ),
  fc
    .tuple(fc.constantFrom('roles' as const, 'entitlements' as const), grants)
    .map(([name, wanted]) =>
      plain(`${name}.value eq "${wanted}"`, (person) => person[name]?.some(({ value }) => value === wanted) ?? false),
    ),
  fc.tuple(addresses, emailTypes).map(([wanted, kind]) =>
    plain(
      `emails[type eq "${kind}" and value eq "${wanted}"]`,
      someEmail(({ value, type }) => same(value, wanted) && type === kind),
    ),
  ),
  fc.tuple(addresses, emailTypes).map(([wanted, kind]) =>
    plain(
      `emails[type eq "${kind}"].value eq "${wanted}"`,
      someEmail(({ value, type }) => same(value, wanted) && type === kind),
    ),
  ),
  fc.nat({ max: 30 }).map(
    (n): Late =>
      (idAt) => ({ text: `id eq "${idAt(n)}"`, holds: ({ id }) => id === idAt(n) }),
  ),
);

/** What needs every user to be read. */
const walked: fc.Arbitrary<Late> = fc.oneof(
  fc
    .constantFrom('user', 'USER1', 'a')
    .map((part) => plain(`userName sw "${part}"`, ({ userName }) => fold(userName).startsWith(fold(part)))),
  fc
    .constantFrom('d', 'R', 'rec')
    .map((part) => plain(`title co "${part}"`, ({ title }) => title !== undefined && fold(title).includes(fold(part)))),
  fc
    .constantFrom('title' as const, 'emails' as const, 'externalId' as const)
    .map((name) => plain(`${name} pr`, (person) => person[name] !== undefined)),
  fc.boolean().map((wanted) => plain(`active eq ${wanted}`, ({ active }) => active === wanted)),
  titles.map((wanted) => plain(`title ne "${wanted}"`, ({ title }) => title === undefined || !same(title, wanted))),
  emailTypes.map((kind) =>
    plain(
      `emails[type eq "${kind}"]`,
      someEmail(({ type }) => type === kind),
    ),
  ),
);

const joined =
  (word: 'and' | 'or') =>
  (parts: readonly Late[]): Late =>
  (idAt) => {
    const filters = parts.map((part) => part(idAt));
    const holds = (entry: Entry) => (word === 'and' ? filters.every((one) => one.holds(entry)) : filters.some((one) => one.holds(entry)));
    return { text: `(${filters.map(({ text }) => text).join(` ${word} `)})`, holds };
  };

const negated =
  (part: Late): Late =>
  (idAt) => {
    const { text, holds } = part(idAt);
    return { text: `not (${text})`, holds: (entry) => !holds(entry) };
  };

const term = fc.oneof({ weight: 3, arbitrary: lookedUp }, { weight: 2, arbitrary: walked });
const group = fc
  .tuple(fc.constantFrom('and' as const, 'or' as const), fc.array(fc.oneof(term, term.map(negated)), { minLength: 2, maxLength: 3 }))
  .map(([word, parts]) => joined(word)(parts));
const filter = fc.oneof(
  { weight: 4, arbitrary: term },
  { weight: 1, arbitrary: term.map(negated) },
  { weight: 2, arbitrary: group },
  { weight: 1, arbitrary: fc.tuple(group, group).map(joined('and')) },
);

/** What tells where a user stands in an order, in the form in which it is compared. */
const SORTED_BY: Readonly<Record<string, (person: Person) => string | undefined>> = {
  userName: ({ userName }) => fold(userName),
  title: ({ title }) => title && fold(title),
  externalId: ({ externalId }) => externalId,
  'emails.value': ({ emails: [first] = [] }) => first && fold(first.value),
};

const sort = fc.record({
  by: fc.constantFrom(...Object.keys(SORTED_BY)),
  order: fc.constantFrom('ascending' as const, 'descending' as const),
});

/** Users in the order of ids, in another order: who has no value is last, or first where it descends; equal ones stay. */
export function sorted(entries: readonly Entry[], { by, order }: Sort): Entry[] {
  const key = ({ person }: Entry) => SORTED_BY[by]?.(person);
  const sign = order === 'ascending' ? 1 : -1;
  return entries.toSorted((a, b) => {
    const [one, other] = [key(a), key(b)];
    if (one === other) return 0;
    if (one === undefined || other === undefined) return one === undefined ? sign : -sign;
    return one < other ? -sign : sign;
  });
}

export const searches: fc.Arbitrary<Search> = fc
  .record({
    filter: fc.option(filter, { nil: undefined, freq: 3 }),
    sort: fc.option(sort, { nil: undefined, freq: 1 }),
    startIndex: fc.oneof({ weight: 2, arbitrary: fc.constant(1) }, { weight: 3, arbitrary: fc.integer({ min: 1, max: 16 }) }),
    count: fc.nat({ max: 12 }),
  })
  .map(({ filter: chosen, sort: order, ...window }) => ({ ...window, ...(chosen && { filter: chosen }), ...(order && { sort: order }) }));
