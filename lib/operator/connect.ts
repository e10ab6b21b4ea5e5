import type { Field } from '../field-lines.ts';

/** One way to fill in the form of an identity provider. */
export interface FormSection {
  readonly title: string;
  /** What to do before or after. */
  readonly note?: string;
  readonly fields: readonly Field[];
}

export const IDENTITY_PROVIDERS = ['okta', 'entra'] as const;

export type IdentityProvider = (typeof IDENTITY_PROVIDERS)[number];

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
