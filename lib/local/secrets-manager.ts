import { randomUUID } from 'node:crypto';
import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { readJsonFile, reasonOf, writeFileAtomically } from './files.ts';
import { listen } from './listen.ts';
import { PSEUDO } from './template.ts';

export interface SecretsManager extends AsyncDisposable {
  readonly endpoint: string;
}

const secretFormat = z.object({
  ARN: z.string(),
  Name: z.string(),
  VersionId: z.string(),
  SecretString: z.string(),
  CreatedDate: z.number(),
});

type Secret = Readonly<z.infer<typeof secretFormat>>;

/** What helps if the file of the secrets is damaged. */
export const IF_SECRETS_ARE_DAMAGED = "restore it, or delete it: the operator's own tokens are made good, those of others are lost";

interface Input {
  readonly Name?: string;
  readonly SecretId?: string;
  readonly SecretString?: string;
  readonly ClientRequestToken?: string;
}

class ServiceError extends Error {}

/** The part of Secrets Manager that Rollcall uses, over its wire protocol. Secrets are kept in a file of the user's own, if one is given. */
export async function startSecretsManager(file?: string): Promise<SecretsManager> {
  const kept = file === undefined ? undefined : readJsonFile(file, z.record(z.string(), secretFormat), IF_SECRETS_ARE_DAMAGED);
  const secrets = new Map<string, Secret>(Object.entries(kept ?? {}));
  const store = (secret: Secret) => {
    secrets.set(secret.Name, secret);
    if (file !== undefined) writeFileAtomically(file, JSON.stringify(Object.fromEntries(secrets), null, 2));
    return { ARN: secret.ARN, Name: secret.Name, VersionId: secret.VersionId };
  };
  const find = ({ SecretId = '' }: Input): Secret => {
    const found = secrets.get(SecretId) ?? [...secrets.values()].find(({ ARN }) => ARN === SecretId);
    if (!found) throw new ServiceError('ResourceNotFoundException', { cause: "Secrets Manager can't find the specified secret." });
    return found;
  };
  const actions: Readonly<Record<string, (input: Input) => unknown>> = {
    GetSecretValue: (input) => ({ ...find(input), VersionStages: ['AWSCURRENT'] }),
    CreateSecret: ({ Name = '', SecretString = '', ClientRequestToken = randomUUID() }) => {
      if (secrets.has(Name)) throw new ServiceError('ResourceExistsException', { cause: `The secret ${Name} already exists.` });
      return store({ ARN: arnOf(Name), Name, VersionId: ClientRequestToken, SecretString, CreatedDate: Date.now() / 1_000 });
    },
    PutSecretValue: (input) =>
      store({ ...find(input), VersionId: input.ClientRequestToken ?? randomUUID(), SecretString: input.SecretString ?? '' }),
  };

  const server = createServer(async (request, response) => {
    const { status, body } = await perform(actions, request);
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  const port = await listen(server);
  return {
    endpoint: `http://127.0.0.1:${port}`,
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

async function perform(actions: Readonly<Record<string, (input: Input) => unknown>>, request: IncomingMessage) {
  const [, action = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  const perform = actions[action];
  const input = JSON.parse((await text(request)) || '{}') as Input;
  try {
    if (!perform) throw new ServiceError('InvalidRequestException', { cause: `The local Secrets Manager does not know ${action}.` });
    return { status: 200, body: perform(input) };
  } catch (error) {
    if (!(error instanceof ServiceError)) return { status: 500, body: { __type: 'InternalServiceError', message: reasonOf(error) } };
    return { status: 400, body: { __type: error.message, message: error.cause } };
  }
}

/** As in AWS, six random characters follow the name. */
const arnOf = (name: string) =>
  `arn:aws:secretsmanager:${PSEUDO['AWS::Region']}:${PSEUDO['AWS::AccountId']}:secret:${name}-${randomUUID().slice(0, 6)}`;
