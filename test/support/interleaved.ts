interface Client {
  readonly middlewareStack: { add(middleware: never, options: { readonly step: 'initialize' }): void };
}

/** Has something done once, right before a client sends its first request of a kind: what others do in that very moment. */
export function beforeFirst(client: Client, command: string, act: () => Promise<unknown>): void {
  let isDone = false;
  const middleware =
    (next: (args: unknown) => Promise<unknown>, { commandName }: { readonly commandName?: string }) =>
    async (args: unknown) => {
      if (commandName === command && !isDone) {
        isDone = true;
        await act();
      }
      return next(args);
    };
  client.middlewareStack.add(middleware as never, { step: 'initialize' });
}

/** A client's queries of partitions whose keys contain a text are answered in pages of so few items. */
export function shortPages(client: Client, text: string, Limit: number): void {
  const middleware =
    (next: (args: { readonly input: object }) => Promise<unknown>, { commandName }: { readonly commandName?: string }) =>
    (args: { readonly input: object }) =>
      next(
        commandName === 'QueryCommand' && JSON.stringify(args.input).includes(text) ? { ...args, input: { ...args.input, Limit } } : args,
      );
  client.middlewareStack.add(middleware as never, { step: 'initialize' });
}
