import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:http';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { GetSecretValueCommand } from '@aws-sdk/client-secrets-manager';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test } from '@jest/globals';
import { listen } from '../../lib/local/listen.ts';
import { type Running, writeRunning } from '../../lib/local/running.ts';
import { startSecretsManager } from '../../lib/local/secrets-manager.ts';
import { findLocalStack, findStack } from '../../lib/operator/find-deployment.ts';
import { temporaryFolder } from '../support/npm-start.ts';
import { testTable } from '../support/test-table.ts';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder();
});
afterEach(() => rmSync(folder, { recursive: true }));

/** What somebody is told who can put it right: a line. */
const refusal = (message: RegExp) => ({ name: 'OperatorError', message: expect.stringMatching(new RegExp(`^${message.source}$`)) });

/** An address where nobody listens. */
async function closedAddress(): Promise<string> {
  const server = createServer();
  const port = await listen(server);
  server.close();
  await once(server, 'close');
  return `http://127.0.0.1:${port}`;
}

describe('a local stack', () => {
  let gateway: Server;
  let running: Running;
  const started = new AsyncDisposableStack();
  beforeAll(async () => {
    gateway = createServer((_, response) => response.writeHead(401).end('{}'));
    const table = started.use(await testTable());
    started.defer(() => void gateway.close());
    const address = `http://127.0.0.1:${await listen(gateway)}`;
    const { endpoint } = started.use(await startSecretsManager());
    running = {
      pid: process.pid,
      address,
      apiUrl: 'https://tunnel.example',
      baseUrl: 'https://tunnel.example/acme/scim/v2',
      dynamodb: process.env.TEST_DYNAMODB_ENDPOINT ?? '',
      secretsManager: endpoint,
      table: table.name,
      secretPrefix: 'rollcall',
      credentialCacheSeconds: 1,
    };
  });
  afterAll(() => started.disposeAsync());

  test('is found by its data folder, and is as it says', async () => {
    writeRunning(folder, running);
    const { table: found, secrets, apiUrl, credentialCacheSeconds } = await findLocalStack(folder);
    expect([found.name, secrets.prefix, apiUrl, credentialCacheSeconds]).toEqual([running.table, 'rollcall', 'https://tunnel.example', 1]);
    const missing = secrets.client.send(new GetSecretValueCommand({ SecretId: 'rollcall/acme' }));
    await expect(missing).rejects.toMatchObject({ name: 'ResourceNotFoundException' });
  });

  test('without its table is to be started again', async () => {
    writeRunning(folder, { ...running, table: 'gone' });
    await expect(findLocalStack(folder)).rejects.toMatchObject(
      refusal(/the table of the stack on the data folder .+ is gone: stop the stack, and start it again, with npm start -- --data .+/),
    );
  });

  test('lets the process end that used it', async () => {
    writeRunning(folder, running);
    const script = `
      import { ListTablesCommand } from '@aws-sdk/client-dynamodb';
      import { GetRandomPasswordCommand } from '@aws-sdk/client-secrets-manager';
      const { findLocalStack } = await import(${JSON.stringify(new URL('../../lib/operator/find-deployment.ts', import.meta.url).href)});
      const { table, secrets } = await findLocalStack(process.argv[1]);
      const { TableNames } = await table.client.send(new ListTablesCommand());
      await secrets.client.send(new GetRandomPasswordCommand()).catch(() => {});
      console.log(Array.isArray(TableNames));`;
    const used = spawn(process.execPath, ['--input-type=module', '-e', script, folder], { timeout: 20_000 });
    const [stdout, stderr, [status]] = await Promise.all([text(used.stdout), text(used.stderr), once(used, 'close')]);
    expect({ stdout, stderr, status }).toEqual({ stdout: 'true\n', stderr: '', status: 0 });
  });

  test('that is not there', async () => {
    await expect(findLocalStack(folder)).rejects.toMatchObject(
      refusal(/no stack runs on the data folder \S+: start it first, with npm start -- --data \S+ \(.*--memory leaves nothing.*\)/),
    );
  });

  test('that has written something else', async () => {
    writeFileSync(join(folder, 'running.json'), '{"pid":1}');
    await expect(findLocalStack(folder)).rejects.toMatchObject(
      refusal(/\S+\/running\.json is damaged \(.*\): stop the stack if it runs, and start it again, with npm start -- --data \S+/),
    );
  });

  test('that was killed', async () => {
    const { pid } = spawnSync(process.execPath, ['--version']);
    writeRunning(folder, { ...running, pid });
    await expect(findLocalStack(folder)).rejects.toMatchObject(
      refusal(/the stack on the data folder \S+ has ended: start it again, with npm start -- --data \S+/),
    );
  });

  test.each(['address', 'dynamodb', 'secretsManager'] as const)(
    'whose process id is now of another, as nobody answers at its %s',
    async (name) => {
      const closed = await closedAddress();
      writeRunning(folder, { ...running, [name]: closed });
      await expect(findLocalStack(folder)).rejects.toMatchObject(
        refusal(new RegExp(`the stack on the data folder \\S+ does not answer at ${closed}: stop it if it runs, and start it again, .*`)),
      );
    },
  );
});

describe('a deployed stack', () => {
  const before = { ...process.env };
  let answer: { readonly status: number; readonly body: string };
  let asked: { readonly form: URLSearchParams; readonly credential: string }[];
  const server = createServer(async (request, response) => {
    asked.push({ form: new URLSearchParams(await text(request)), credential: String(request.headers.authorization) });
    response.writeHead(answer.status, { 'Content-Type': 'text/xml' }).end(answer.body);
  });
  beforeAll(async () => {
    process.env.AWS_ENDPOINT_URL_CLOUDFORMATION = `http://127.0.0.1:${await listen(server)}`;
  });
  beforeEach(() => {
    asked = [];
    answer = described();
    for (const name of Object.keys(process.env)) if (/^AWS_(?!ENDPOINT_URL_CLOUD)/.test(name)) delete process.env[name];
    Object.assign(process.env, {
      AWS_ACCESS_KEY_ID: 'AKIAENVIRONMENT',
      AWS_SECRET_ACCESS_KEY: 'secret',
      AWS_REGION: 'eu-west-1',
      AWS_EC2_METADATA_DISABLED: 'true',
      AWS_CONFIG_FILE: join(folder, 'config'),
      AWS_SHARED_CREDENTIALS_FILE: join(folder, 'credentials'),
    });
  });
  afterAll(() => {
    for (const name of Object.keys(process.env)) if (name.startsWith('AWS_')) delete process.env[name];
    Object.assign(process.env, before);
    server.closeAllConnections();
    server.close();
  });

  const OUTPUTS = {
    ApiUrl: 'https://abc123.execute-api.eu-west-1.amazonaws.com/prod/',
    TableName: 'Rollcall-DirectoryTable-1',
    SecretPrefix: 'rollcall',
    CredentialCacheSeconds: '5',
  };
  const described = (outputs: Readonly<Record<string, string | undefined>> = OUTPUTS, status = 'CREATE_COMPLETE') => {
    const members = Object.entries(outputs).filter(([, value]) => value !== undefined);
    const xml = members.map(([key, value]) => `<member><OutputKey>${key}</OutputKey><OutputValue>${value}</OutputValue></member>`).join('');
    return {
      status: 200,
      body: `<DescribeStacksResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><DescribeStacksResult><Stacks><member>
        <StackName>Rollcall</StackName><CreationTime>2026-01-01T00:00:00Z</CreationTime><StackStatus>${status}</StackStatus>
        <Outputs>${xml}</Outputs></member></Stacks></DescribeStacksResult></DescribeStacksResponse>`,
    };
  };
  const failed = (code: string, message: string, status = 400) => ({
    status,
    body: `<ErrorResponse xmlns="http://cloudformation.amazonaws.com/doc/2010-05-15/"><Error><Type>Sender</Type><Code>${code}</Code>
      <Message>${message}</Message></Error><RequestId>1</RequestId></ErrorResponse>`,
  });

  test('is found by its name, and is what its outputs say', async () => {
    const { table, secrets, apiUrl, credentialCacheSeconds } = await findStack('Rollcall');
    expect([table.name, secrets.prefix, apiUrl, credentialCacheSeconds]).toEqual([
      'Rollcall-DirectoryTable-1',
      'rollcall',
      'https://abc123.execute-api.eu-west-1.amazonaws.com/prod',
      5,
    ]);
    expect(asked.map(({ form }) => [form.get('Action'), form.get('StackName')])).toEqual([['DescribeStacks', 'Rollcall']]);
    expect(asked[0]?.credential).toContain('Credential=AKIAENVIRONMENT/');
  });

  test('and its clients have the region and the credentials of the profile', async () => {
    writeFileSync(join(folder, 'config'), '[profile customer]\nregion = ap-south-1\n');
    writeFileSync(join(folder, 'credentials'), '[customer]\naws_access_key_id = AKIAPROFILE\naws_secret_access_key = secret\n');
    for (const name of ['AWS_REGION', 'AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY']) delete process.env[name];
    const { table, secrets } = await findStack('Rollcall', { profile: 'customer' });
    expect(asked[0]?.credential).toMatch(/Credential=AKIAPROFILE\/\d+\/ap-south-1\//);
    for (const { config } of [table.client, secrets.client])
      expect([await config.region(), (await config.credentials()).accessKeyId]).toEqual(['ap-south-1', 'AKIAPROFILE']);
  });

  test('a region that is named comes before others', async () => {
    const { table } = await findStack('Rollcall', { region: 'us-west-2' });
    expect([asked[0]?.credential.includes('/us-west-2/'), await table.client.config.region()]).toEqual([true, 'us-west-2']);
  });

  test('of before the time that credentials are remembered was a setting remembers them for a minute', async () => {
    answer = described({ ...OUTPUTS, CredentialCacheSeconds: undefined });
    expect(await findStack('Rollcall')).toMatchObject({ credentialCacheSeconds: 60 });
  });

  test.each([
    {
      what: 'no such stack',
      given: failed('ValidationError', 'Stack with id Rollcall does not exist'),
      message: /there is no stack Rollcall in eu-west-1, in the account of the credentials: look at its name, the region and the profile/,
    },
    {
      what: 'an older version',
      given: described({ ApiUrl: 'https://a.example', TableName: 'T' }),
      message: /the stack Rollcall in eu-west-1 has no output SecretPrefix: .* to be deployed again with `npx cdk deploy`/,
    },
    {
      what: 'a stack that is being created',
      given: described({}, 'CREATE_IN_PROGRESS'),
      message: /the stack Rollcall in eu-west-1 is not deployed \(CREATE_IN_PROGRESS\): .*/,
    },
    {
      what: 'a stack whose creation failed',
      given: described({}, 'ROLLBACK_COMPLETE'),
      message: /the stack Rollcall in eu-west-1 is not deployed \(ROLLBACK_COMPLETE\): .*/,
    },
    {
      what: 'a stack that is being deleted',
      given: described(OUTPUTS, 'DELETE_IN_PROGRESS'),
      message: /the stack Rollcall in eu-west-1 is being deleted \(DELETE_IN_PROGRESS\)/,
    },
    {
      what: 'expired credentials',
      given: failed('ExpiredToken', 'The security token included in the request is expired', 403),
      message: /the credentials have expired: renew them, .*/,
    },
    {
      what: 'credentials that AWS does not know',
      given: failed('InvalidClientTokenId', 'The security token included in the request is invalid.', 403),
      message: /AWS does not accept the credentials \(The security token included in the request is invalid\.\)/,
    },
    {
      what: 'access that is denied',
      given: failed(
        'AccessDenied',
        'User: arn:aws:iam::1:user/x is not authorized to perform: cloudformation:DescribeStacks on resource: y',
        403,
      ),
      message: /the credentials do not allow cloudformation:DescribeStacks, which finding the stack Rollcall needs/,
    },
    {
      what: 'a name that is none',
      given: failed('ValidationError', '1 validation error detected: Value at stackName'),
      message: /the stack Rollcall in eu-west-1 could not be asked for \(1 validation error detected: .*\)/,
    },
  ])('$what is one line', async ({ given, message }) => {
    answer = given;
    await expect(findStack('Rollcall')).rejects.toMatchObject(refusal(message));
  });

  test.each([
    { what: 'no region', without: ['AWS_REGION'], location: {}, message: /no region is known: name one with --region, .*/ },
    {
      what: 'no credentials',
      without: ['AWS_ACCESS_KEY_ID', 'AWS_SECRET_ACCESS_KEY'],
      location: {},
      message: /there are no credentials \(Could not load credentials from any providers\): choose a profile .*/,
    },
    {
      what: 'a profile that is nowhere',
      without: ['AWS_ACCESS_KEY_ID'],
      location: { profile: 'nobody' },
      message: /there are no credentials of the profile nobody \(.*\): choose a profile .*/,
    },
    {
      what: 'a region that is none',
      without: [],
      location: { region: 'eu west 1' },
      message: /the region is none: expected the name of an AWS region, such as eu-west-1, in --region, in AWS_REGION or in the profile/,
    },
  ])('$what is one line, and nobody is asked', async ({ without, location, message }) => {
    for (const name of without) delete process.env[name];
    await expect(findStack('Rollcall', location)).rejects.toMatchObject(refusal(message));
    expect(asked).toEqual([]);
  });
});
