/** What became of some operations that go on at once: the answers of those that were done, and the errors of the others. */
export async function outcomes<T>(operations: readonly Promise<T>[]): Promise<{ answers: T[]; errors: unknown[] }> {
  const settled = await Promise.allSettled(operations);
  const answers = settled.flatMap((one) => (one.status === 'fulfilled' ? [one.value] : []));
  const errors = settled.flatMap((one) => (one.status === 'rejected' ? [one.reason as unknown] : []));
  return { answers, errors };
}
