/** What the names of secrets may begin with. It is also what the authorizer may read: with a `*` in it, that would be everybody's. */
export const SECRET_PREFIX = {
  pattern: /^(?=.{1,400}$)[\w+=.@-]+(\/[\w+=.@-]+)*$/,
  expected: 'what names of secrets begin with, such as rollcall: letters, digits and any of /_+=.@-, no slash at its ends',
} as const;
