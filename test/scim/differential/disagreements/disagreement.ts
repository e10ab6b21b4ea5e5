import type { JsonObject } from '../../../../lambdas/scim/json.ts';

/** A class of filters on which the two do not agree, by one example. The random filters keep out of all of them. */
export interface Disagreement {
  readonly what: string;
  readonly filter: string;
  readonly resource: JsonObject;
  readonly ours: boolean | 'invalidFilter';
  readonly theirs: boolean | 'throws';
  /** What decides: the section is one of RFC 7644 where it names no other. */
  readonly why: string;
}

export const ada: JsonObject = { userName: 'ada', title: 'b', active: true };
export const withEmails: JsonObject = {
  ...ada,
  emails: [
    { value: 'a@work', type: 'work', primary: true },
    { value: 'b@home', type: 'home' },
  ],
};
