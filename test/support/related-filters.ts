import fc from 'fast-check';

/*
 * Random filters that look at what a resource is related to: the members of a group, the groups of a user. Each comes with a
 * plain predicate that was never parsed.
 */

/** A resource of the model: what it is called, and the values that it has of the relation. */
export interface Kin {
  readonly name: string;
  readonly related: readonly { readonly value: string; readonly type: string }[];
}

export interface RandomFilter {
  readonly text: string;
  readonly holds: (one: Kin) => boolean;
}

type Value = Kin['related'][number];

/** What stands in brackets, or behind the name of the attribute and a dot: of one value. */
interface OfValue {
  readonly text: string;
  readonly holds: (value: Value) => boolean;
}

/** `attribute` has the relation, `ids` and `types` what its values may have; `naming` is compared by the names `Team` and `Crew`. */
export function randomFilters(
  attribute: string,
  ids: readonly string[],
  types: readonly string[],
  naming = 'displayName',
): fc.Arbitrary<RandomFilter> {
  const id = fc.constantFrom(...ids);
  const type = fc.constantFrom(...types);
  const some = (holds: OfValue['holds']) => (one: Kin) => one.related.some(holds);
  const isNone = ({ related }: Kin) => related.length === 0;

  const ofId = id.map((wanted): OfValue => ({ text: `value eq "${wanted}"`, holds: ({ value }) => value === wanted }));
  const ofValue: fc.Arbitrary<OfValue> = fc.oneof(
    { weight: 3, arbitrary: ofId },
    { weight: 1, arbitrary: type.map((wanted): OfValue => ({ text: `type eq "${wanted}"`, holds: (value) => value.type === wanted })) },
    { weight: 1, arbitrary: id.map((wanted): OfValue => ({ text: `value ne "${wanted}"`, holds: ({ value }) => value !== wanted })) },
    {
      weight: 1,
      arbitrary: id.map(
        (wanted): OfValue => ({ text: `value co "${wanted.slice(0, 2)}"`, holds: ({ value }) => value.includes(wanted.slice(0, 2)) }),
      ),
    },
  );
  const brackets = bounded(ofValue).map(({ text, holds }): RandomFilter => ({ text: `${attribute}[${text}]`, holds: some(holds) }));
  const dotted = ofValue.map(({ text, holds }): RandomFilter => {
    // What has no value is not equal to any.
    const isUnequal = text.startsWith('value ne');
    return { text: `${attribute}.${text}`, holds: (one) => some(holds)(one) || (isUnequal && isNone(one)) };
  });
  const plain = fc.oneof(
    id.map((wanted): RandomFilter => ({ text: `${attribute} eq "${wanted}"`, holds: some(({ value }) => value === wanted) })),
    fc.constant<RandomFilter>({ text: `${attribute} pr`, holds: (one) => !isNone(one) }),
    fc.constant<RandomFilter>({ text: `${attribute} eq null`, holds: isNone }),
    fc
      .constantFrom('Team', 'Crew')
      .map((wanted): RandomFilter => ({ text: `${naming} eq "${wanted}"`, holds: ({ name }) => name === wanted })),
    fc
      .constantFrom('te', 'c')
      .map((part): RandomFilter => ({ text: `${naming} sw "${part}"`, holds: ({ name }) => name.toLowerCase().startsWith(part) })),
  );
  return bounded(fc.oneof(brackets, dotted, plain));
}

interface Test<T> {
  readonly text: string;
  readonly holds: (subject: T) => boolean;
}

/** Some terms, each alone, negated, or joined with others. */
function bounded<T>(term: fc.Arbitrary<Test<T>>): fc.Arbitrary<Test<T>> {
  const negated = term.map(({ text, holds }): Test<T> => ({ text: `not (${text})`, holds: (subject) => !holds(subject) }));
  const joined = fc
    .tuple(fc.constantFrom('and', 'or'), fc.array(fc.oneof(term, term, negated), { minLength: 2, maxLength: 3 }))
    .map(([word, parts]): Test<T> => {
      const holds = (subject: T) =>
        word === 'and' ? parts.every((part) => part.holds(subject)) : parts.some((part) => part.holds(subject));
      return { text: parts.map(({ text }) => text).join(` ${word} `), holds };
    });
  const enclosed = joined.map(({ text, holds }): Test<T> => ({ text: `not (${text})`, holds: (subject) => !holds(subject) }));
  return fc.oneof(
    { weight: 2, arbitrary: term },
    { weight: 1, arbitrary: negated },
    { weight: 3, arbitrary: joined },
    { weight: 1, arbitrary: enclosed },
  );
}
