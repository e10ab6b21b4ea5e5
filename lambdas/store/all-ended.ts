/** As `Promise.all`, but where one fails, none of the others is under way any more when that is known: a function that has answered sends nothing. */
export async function allEnded<T>(all: readonly Promise<T>[]): Promise<T[]> {
  await Promise.allSettled(all);
  return Promise.all(all);
}
