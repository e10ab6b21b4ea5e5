import { expect, test } from '@jest/globals';
import { asText, progressOn } from '../../../lib/local/screen.ts';

const told = (isTTY: boolean): string => {
  let written = '';
  const write = (text: string | Uint8Array) => {
    written += text;
    return true;
  };
  const progress = progressOn({ isTTY, write });
  progress('Starting');
  for (let seconds = 0; seconds <= 6; seconds++) progress('Java is missing: bringing a JRE', seconds);
  return written;
};

test('progress that goes on takes a line every 5 seconds', () => {
  expect(told(false)).toBe('Starting …\nJava is missing: bringing a JRE, 0 s …\nJava is missing: bringing a JRE, 5 s …\n');
});

test('on a terminal it is one line, refreshed in place', () => {
  const refreshed = told(true).split('\u001b[1A\r\u001b[2K');
  expect(refreshed[0]).toBe('Starting …\nJava is missing: bringing a JRE, 0 s …\n');
  expect(refreshed.slice(1)).toEqual([1, 2, 3, 4, 5, 6].map((seconds) => `Java is missing: bringing a JRE, ${seconds} s …\n`));
});

test('what to type into Okta is shown', () => {
  const baseUrl = 'http://127.0.0.1:3000/acme/scim/v2';
  const shown = asText({ tokens: { directory: 'acme', token: 'rc.acme.x', applicationToken: 'rc.acme.y' }, running: { baseUrl } });
  expect(shown).toContain(`
In Okta, under Provisioning > Integration:

  SCIM connector base URL             ${baseUrl}
  Unique identifier field for users   userName
  Supported provisioning actions      Import New Users and Profile Updates, Push New Users, Push Profile Updates,
                                      Push Groups, Import Groups
  Authentication Mode                 HTTP Header
  Authorization                       rc.acme.x

The token is`);
});
