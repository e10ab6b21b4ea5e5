/** A name of a form, and what belongs into it. */
export type Field = readonly [name: string, value: string];

/** One way to fill in the form of an identity provider. */
export interface FormSection {
  readonly title: string;
  /** What to do before or after. */
  readonly note?: string;
  readonly fields: readonly Field[];
}

export type IdentityProvider = 'okta' | 'entra';

/** What a directory's customer is given. */
export interface Credential {
  /** `https://HOST/{directory}/scim/v2` */
  readonly baseUrl: string;
  /** Shown once: whoever has it no more needs another one. */
  readonly token?: string | undefined;
}

/** What is typed in, in the words of docs/okta.md and docs/entra.md. */
export const formValues = (client: IdentityProvider, { baseUrl, token }: Credential): readonly FormSection[] => {
  const [, directory = ''] = /([^/]+)\/scim\/v2\/?$/.exec(baseUrl) ?? [];
  return SECTIONS[client]({ baseUrl, directory, token: token ?? `(make one: npm run directory -- token create ${directory})` });
};

interface Values {
  readonly baseUrl: string;
  readonly directory: string;
  readonly token: string;
}

/** The three fields that are the same whatever the credential is sent as. */
const wizard = (baseUrl: string): readonly Field[] => [
  ['SCIM connector base URL', baseUrl],
  ['Unique identifier field for users', 'userName'],
  [
    'Supported provisioning actions',
    'Import New Users and Profile Updates, Push New Users, Push Profile Updates, Push Groups, Import Groups',
  ],
];

const okta = ({ baseUrl, directory, token }: Values): readonly FormSection[] => [
  {
    title: 'App Integration Wizard: Provisioning > Integration',
    fields: [...wizard(baseUrl), ['Authentication Mode', 'HTTP Header'], ['Authorization', token]],
  },
  {
    title: 'App Integration Wizard, Basic Auth: Provisioning > Integration',
    fields: [...wizard(baseUrl), ['Authentication Mode', 'Basic Auth'], ['User name', directory], ['Password', token]],
  },
  {
    title: 'SCIM 2.0 Test App: Provisioning > Configure API Integration',
    note: 'Which of the three fields of credentials there is depends on the app: Header Auth, Basic Auth or OAuth Bearer Token.',
    fields: [
      ['Base URL', baseUrl],
      ['API Token', token],
      ['User name', directory],
      ['Password', token],
      ['OAuth Bearer Token', token],
      ['Import Groups', 'on or off'],
    ],
  },
  {
    title: 'SCIM 2.0 with Entitlements Management, Header Auth: Provisioning > Configure API Integration',
    note: 'First General > Identity Governance > Edit: set Governance Engine to Enabled, which Okta refuses once provisioning is.',
    fields: [
      ['Base URL', baseUrl],
      ['API Token', token],
      ['Import Groups', 'on or off'],
    ],
  },
];

const entra = ({ baseUrl, token }: Values): readonly FormSection[] => [
  {
    title: 'Provisioning > New configuration',
    note: 'Then Test Connection. Nothing needs to be added to the address.',
    fields: [
      ['Authentication method', 'Bearer authentication'],
      ['Tenant URL', baseUrl],
      ['Secret Token', token],
    ],
  },
  {
    title: 'Mappings',
    note: 'Those that are there, for users and for groups, work as they are.',
    fields: [['Matching precedence', 'userName; externalId or emails[type eq "work"].value work as well']],
  },
];

const SECTIONS: Readonly<Record<IdentityProvider, (values: Values) => readonly FormSection[]>> = { okta, entra };

/** How wide lines may become, as far as there are commas to break them at. */
const WIDTH = 120;

/** Fields as lines: the values below one another, and a list that is too long for a line in several. */
export function fieldLines(fields: readonly Field[], indent = '  '): string {
  const column = Math.max(...fields.map(([name]) => name.length)) + 3;
  return fields.map(([name, value]) => `${indent}${name.padEnd(column)}${wrapped(value, indent.length + column)}\n`).join('');
}

function wrapped(value: string, column: number): string {
  const lines: string[] = [];
  for (const part of value.split(/(?<=,) /)) {
    const last = lines.at(-1);
    if (last !== undefined && column + last.length + 1 + part.length <= WIDTH) lines.splice(-1, 1, `${last} ${part}`);
    else lines.push(part);
  }
  return lines.join(`\n${' '.repeat(column)}`);
}
