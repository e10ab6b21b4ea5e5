/** A function whose result is worked out once for each object, and kept for as long as the object is there. */
export function oncePer<Subject extends object, Result>(work: (subject: Subject) => Result): (subject: Subject) => Result {
  const results = new WeakMap<Subject, Result>();
  return (subject) => {
    const known = results.get(subject);
    if (known !== undefined) return known;
    const result = work(subject);
    results.set(subject, result);
    return result;
  };
}
