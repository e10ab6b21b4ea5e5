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
