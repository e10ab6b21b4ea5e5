import type { LocalStack } from './stack.ts';

type Shown = Pick<LocalStack, 'tokens' | 'running'>;

/** What a script needs, in one line. */
export const asJson = ({ tokens, running }: Shown): string =>
  JSON.stringify({ baseUrl: running.baseUrl, directory: tokens.directory, token: tokens.token, applicationToken: tokens.applicationToken });

/** What a person needs: something that works when pasted into a shell, and what to type into Okta. */
export const asText = ({ tokens, running: { baseUrl } }: Shown): string => `
Rollcall is ready. Ctrl-C stops it.

  Base URL           ${baseUrl}
  Token              ${tokens.token}
  Application token  ${tokens.applicationToken}

Try it:

  curl -H 'Authorization: Bearer ${tokens.token}' '${baseUrl}/Users?count=2'

In Okta, under Provisioning > Integration:

  SCIM connector base URL             ${baseUrl}
  Unique identifier field for users   userName
  Supported provisioning actions      Import New Users and Profile Updates, Push New Users, Push Profile Updates
  Authentication Mode                 HTTP Header
  Authorization                       ${tokens.token}

The token is for the identity provider. The application token is for your own application, which reads the directory.
`;
