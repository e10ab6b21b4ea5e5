import { reasonOf } from '../reason.ts';

/** What was asked of CloudFormation. */
export interface Asked {
  readonly stackName: string;
  /** Empty if none is known. */
  readonly region: string;
  readonly profile: string | undefined;
}

interface Trouble {
  /** Matches the error's name, a colon, and its message. */
  readonly when: RegExp;
  readonly says: (asked: Asked, reason: string) => string;
}

const ofProfile = ({ profile }: Asked): string => (profile === undefined ? '' : ` of the profile ${profile}`);

/** What keeps the stack of an operator from being found, and what helps. The first that matches counts. */
const TROUBLES: readonly Trouble[] = [
  {
    when: /Region is missing/,
    says: () => 'no region is known: name one with --region, set AWS_REGION, or give the profile one',
  },
  {
    when: /Region not accepted|valid hostname component/,
    says: () => 'the region is none: expected the name of an AWS region, such as eu-west-1, in --region, in AWS_REGION or in the profile',
  },
  {
    when: /^ValidationError: Stack .* does not exist/,
    says: (asked) =>
      `there is no stack ${asked.stackName} in ${asked.region}, in the account of the credentials${ofProfile(asked)}: look at its name, the region and the profile`,
  },
  {
    when: /^AccessDenied/,
    says: (asked, reason) => {
      // A profile may have to assume a role first, and that be denied.
      const [, action = 'cloudformation:DescribeStacks'] = /to perform: ([\w:]+)/.exec(reason) ?? [];
      return `the credentials${ofProfile(asked)} do not allow ${action}, which finding the stack ${asked.stackName} needs`;
    },
  },
  {
    when: /expired|^RequestExpired/i,
    says: (asked) => `the credentials${ofProfile(asked)} have expired: renew them, with \`aws sso login\` if they come from there`,
  },
  {
    when: /^(CredentialsProviderError|TokenProviderError)/,
    says: (asked, reason) =>
      `there are no credentials${ofProfile(asked)} (${reason}): choose a profile with --profile or AWS_PROFILE, or sign in first`,
  },
  {
    when: /^(InvalidClientTokenId|UnrecognizedClientException|SignatureDoesNotMatch|IncompleteSignature|AuthFailure|MissingAuthenticationToken)/,
    says: (asked, reason) => `AWS does not accept the credentials${ofProfile(asked)} (${reason})`,
  },
];

/** One line on why a stack could not be described. */
export function whyNotDescribed(error: unknown, asked: Asked): string {
  const { name = '', code = 'no reason was given' } = error as { readonly name?: string; readonly code?: string };
  // An `AggregateError` of refused connections has no message.
  const reason = reasonOf(error) || code;
  const trouble = TROUBLES.find(({ when }) => when.test(`${name}: ${reason}`));
  return trouble?.says(asked, reason) ?? `the stack ${asked.stackName} in ${asked.region || 'AWS'} could not be asked for (${reason})`;
}
