interface Statement {
  readonly Effect: string;
  readonly Action: string | readonly string[];
  readonly Resource: string | readonly string[];
}

/** What an authorizer answers. */
export interface Policy {
  readonly principalId: string;
  readonly policyDocument: { readonly Statement: readonly Statement[] };
  readonly context?: Readonly<Record<string, string | number | boolean>>;
}

/** Whether a policy lets a method be invoked: one statement must allow it, none may deny it. */
export function allows({ policyDocument: { Statement } }: Policy, methodArn: string): boolean {
  const effects = Statement.filter(({ Action, Resource }) => matches(Action, 'execute-api:Invoke') && matches(Resource, methodArn)).map(
    ({ Effect }) => Effect,
  );
  return effects.includes('Allow') && !effects.includes('Deny');
}

/** `*` stands for any characters, a slash too, and `?` for one: IAM's matching as far as it is documented. */
function matches(patterns: string | readonly string[], text: string): boolean {
  return [patterns].flat().some((pattern) => {
    const source = pattern
      .replaceAll(/[.+^${}()|[\]\\]/g, '\\$&')
      .replaceAll('*', '.*')
      .replaceAll('?', '.');
    return new RegExp(`^${source}$`, 's').test(text);
  });
}

/** API Gateway calls an answer that is no policy a configuration error. */
export const isPolicy = (value: unknown): value is Policy =>
  typeof value === 'object' &&
  value !== null &&
  'principalId' in value &&
  'policyDocument' in value &&
  Array.isArray((value as Policy).policyDocument?.Statement);
