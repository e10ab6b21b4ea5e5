import { fieldLines } from '../field-lines.ts';
import { formValues } from '../operator/connect.ts';
import type { LocalStack } from './stack.ts';

interface Shown {
  readonly tokens: LocalStack['tokens'];
  readonly running: Pick<LocalStack['running'], 'baseUrl'>;
}

/** What a script needs, in one line. */
export const asJson = ({ tokens, running }: Shown): string =>
  JSON.stringify({ baseUrl: running.baseUrl, directory: tokens.directory, token: tokens.token, applicationToken: tokens.applicationToken });

/** What a person needs: something that works when pasted into a shell, and what to type into Okta. */
export function asText({ tokens, running: { baseUrl } }: Shown): string {
  const [wizard] = formValues('okta', { baseUrl, token: tokens.token });
  return `
Rollcall is ready. Ctrl-C stops it.

  Base URL           ${baseUrl}
  Token              ${tokens.token}
  Application token  ${tokens.applicationToken}

Try it:

  curl -H 'Authorization: Bearer ${tokens.token}' '${baseUrl}/Users?count=2'

In Okta, under Provisioning > Integration:

${fieldLines(wizard?.fields ?? [])}
The token is for the identity provider. The application token is for your own application, which reads the directory, and alone
writes roles and entitlements.
`;
}

/** Tells what is being done; with the seconds that it has taken, if it tells that again and again. */
export type Progress = (text: string, seconds?: number) => void;

/** How often a line is added where lines cannot be refreshed. */
const TELL_EVERY_S = 5;

/** Progress as lines of text. On a terminal, what is told again takes the place of its line. */
export function progressOn(output: Pick<NodeJS.WriteStream, 'isTTY' | 'write'>): Progress {
  const upAndClear = '\u001b[1A\r\u001b[2K';
  return (text, seconds) => {
    if (seconds === undefined) output.write(`${text} …\n`);
    else if (output.isTTY) output.write(`${seconds > 0 ? upAndClear : ''}${text}, ${seconds} s …\n`);
    else if (seconds % TELL_EVERY_S === 0) output.write(`${text}, ${seconds} s …\n`);
  };
}
