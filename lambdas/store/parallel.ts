/** Does something with each of some things, so many at a time. After a failure nothing more is begun, and it throws the first. */
export async function inParallel<T>(all: Iterable<T>, width: number, act: (one: T) => Promise<void>): Promise<void> {
  const left = all[Symbol.iterator]();
  const failures: unknown[] = [];
  const worker = async () => {
    while (failures.length === 0) {
      const { value, done } = left.next();
      if (done) return;
      await act(value).catch((error: unknown) => failures.push(error));
    }
  };
  await Promise.all(Array.from({ length: width }, worker));
  if (failures.length > 0) throw failures[0];
}
