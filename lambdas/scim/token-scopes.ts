export const TOKEN_SCOPES = ['provision', 'application'] as const;

/** What a credential may do: `provision` is the identity provider's, `application` the vendor's own application's. */
export type TokenScope = (typeof TOKEN_SCOPES)[number];

/**
 * The scopes in a text that has spaces between them, as the authorizer's answer has it. One that API Gateway remembers from before
 * it said so stands for `provision`: nothing more is assumed.
 */
export function scopesIn(text = 'provision'): readonly TokenScope[] {
  const named = new Set(text.split(' '));
  return TOKEN_SCOPES.filter((scope) => named.has(scope));
}
