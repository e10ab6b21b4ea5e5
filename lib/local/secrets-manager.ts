import { createServer, type IncomingMessage } from 'node:http';
import { text } from 'node:stream/consumers';
import * as z from 'zod/mini';
import { reasonOf } from '../reason.ts';
import { readJsonFile, writeFileAtomically } from './files.ts';
import { listenAt, type Place, urlOf } from './listen.ts';
import { type Actions, type Keeper, secretActions } from './secret-actions.ts';
import { Refusal, type Secret, secretFormat } from './secret-versions.ts';

export interface SecretsManager extends AsyncDisposable {
  readonly endpoint: string;
}

/** What helps if the file of the secrets is damaged. */
export const IF_SECRETS_ARE_DAMAGED = "restore it, or delete it: the operator's own tokens are made good, those of others are lost";

const ANYWHERE: Place = { port: 0, option: '--secrets-manager-port' };

/** The part of Secrets Manager that Rollcall uses, over its wire protocol. Secrets are kept in a file of the user's own, if one is given. */
export async function startSecretsManager(file?: string, now: () => number = Date.now, place = ANYWHERE): Promise<SecretsManager> {
  const actions = secretActions(keeper(file, now), now);
  const server = createServer(async (request, response) => {
    const { status, body } = await perform(actions, request);
    response.writeHead(status, { 'Content-Type': 'application/x-amz-json-1.1' }).end(JSON.stringify(body));
  });
  const port = await listenAt(server, place);
  return {
    endpoint: urlOf(place.host, port),
    async [Symbol.asyncDispose]() {
      server.closeAllConnections();
      server.close();
    },
  };
}

/**
 * What is kept is on the disk before it is told. A secret whose recovery window is over is gone.
 * Actions are synchronous from their first look to the last byte written, so one is served after another.
 */
function keeper(file: string | undefined, now: () => number): Keeper {
  const kept = file === undefined ? undefined : readJsonFile(file, z.record(z.string(), secretFormat), IF_SECRETS_ARE_DAMAGED);
  let secrets: ReadonlyMap<string, Secret> = new Map(Object.entries(kept ?? {}));
  const replace = (changed: ReadonlyMap<string, Secret>) => {
    if (file !== undefined) writeFileAtomically(file, JSON.stringify(Object.fromEntries(changed), null, 2));
    secrets = changed;
  };
  return {
    find(id) {
      const secret = secrets.get(id) ?? [...secrets.values()].find(({ ARN }) => ARN === id);
      return secret?.DeletedDate !== undefined && secret.DeletedDate <= now() / 1_000 ? undefined : secret;
    },
    keep: (secret) => replace(new Map(secrets).set(secret.Name, secret)),
    remove: ({ Name }) => replace(new Map([...secrets].filter(([name]) => name !== Name))),
  };
}

async function perform(actions: Actions, request: IncomingMessage): Promise<{ status: number; body: unknown }> {
  const [, name = ''] = String(request.headers['x-amz-target'] ?? '').split('.');
  try {
    const input = JSON.parse((await text(request)) || '{}');
    const action = actions[name];
    if (!action) throw new Refusal('InvalidRequestException', `The local Secrets Manager does not know ${name}.`);
    return { status: 200, body: action(input) };
  } catch (error) {
    if (!(error instanceof Refusal)) return { status: 500, body: { __type: 'InternalServiceError', message: reasonOf(error) } };
    return { status: 400, body: { __type: error.code, message: error.message } };
  }
}
