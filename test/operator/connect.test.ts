import { readFileSync } from 'node:fs';
import { describe, expect, test } from '@jest/globals';
import { fieldLines } from '../../lib/field-lines.ts';
import { formValues } from '../../lib/operator/connect.ts';

const baseUrl = 'https://scim.example.com/acme/scim/v2';
const token = 'rc.acme.secret';
const page = (client: string) => readFileSync(new URL(`../../docs/${client}.md`, import.meta.url), 'utf8').toLowerCase();

describe.each([{ client: 'okta' }, { client: 'entra' }] as const)('the values for $client', ({ client }) => {
  const sections = formValues(client, { baseUrl, token });

  test.each(sections)('"$title" has the names that the page has', ({ title, fields }) => {
    const names = [...title.split(/: |, /), ...fields.map(([name]) => name)];
    expect(names.filter((name) => !page(client).includes(name.toLowerCase()))).toEqual([]);
  });

  test('have the address and the token where they belong', () => {
    const [{ fields } = { fields: [] }] = sections;
    expect(fields.map(([, value]) => value)).toEqual(expect.arrayContaining([baseUrl, token]));
  });

  test('say how to get a token where there is none', () => {
    const values = formValues(client, { baseUrl }).flatMap(({ fields }) => fields.map(([, value]) => value));
    expect(values).toContain('(make one: npm run directory -- token create acme)');
    expect(values.join()).not.toContain('undefined');
  });
});

test("Basic has the directory's name as the user, and the token as the password", () => {
  const basic = formValues('okta', { baseUrl, token }).find(({ title }) => title.includes('Basic Auth'));
  expect(basic?.fields).toEqual(
    expect.arrayContaining([
      ['User name', 'acme'],
      ['Password', token],
    ]),
  );
});

test('lines have their values below one another, and lists are broken at commas', () => {
  const list = 'Import New Users and Profile Updates, Push New Users, Push Profile Updates, Push Groups, Import Groups, on or off';
  expect(
    fieldLines([
      ['A', 'x'.repeat(200)],
      ['Name', list],
    ]),
  ).toBe(
    [
      `  A      ${'x'.repeat(200)}`,
      '  Name   Import New Users and Profile Updates, Push New Users, Push Profile Updates, Push Groups, Import Groups,',
      '         on or off',
      '',
    ].join('\n'),
  );
});
