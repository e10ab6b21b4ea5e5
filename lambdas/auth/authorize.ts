import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { type Settings, settingsOf } from '../scim/schemas/settings.ts';
import { parseAuthorization } from './credential.ts';
import type { DirectorySecret } from './directory-secret.ts';
import { findToken, type StoredToken } from './token.ts';

/** API Gateway turns an error with this very message into 401; any other becomes 500. */
const unauthorized = () => new Error('Unauthorized');

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

type ReadSecret = (directory: string) => Promise<DirectorySecret | undefined>;

/** The REQUEST authorizer: finds out whose credential it is, and opens that directory alone. */
export const authorizer =
  (readSecret: ReadSecret) =>
  async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const header = Object.entries(event.headers ?? {}).findLast(([name]) => name.toLowerCase() === 'authorization')?.[1];
    const credential = parseAuthorization(header ?? '');
    if (!credential) throw unauthorized();
    const { directory, token } = credential;
    const secret = await readOrRefuse(readSecret, directory);
    const found = findToken(secret?.tokens ?? [], token, new Date());
    if (!found) throw unauthorized();
    return allow(event.methodArn, directory, found, settingsOf(secret?.settings));
  };

/** How a secret fails that somebody has spoilt, locked away or is deleting: no repetition would help. */
const SPOILT: ReadonlySet<string> = new Set([
  'SyntaxError',
  '$ZodError',
  'AccessDeniedException',
  'DecryptionFailure',
  'InvalidRequestException',
]);

/** A spoilt secret is the operator's trouble: one line for the operator, and for the client a 401 like any other. */
async function readOrRefuse(readSecret: ReadSecret, directory: string): Promise<DirectorySecret | undefined> {
  try {
    return await readSecret(directory);
  } catch (error) {
    const reason = error instanceof Error ? error.name : 'unknown';
    console.error({ message: 'the secret of a directory cannot be read', directory, reason });
    throw SPOILT.has(reason) ? unauthorized() : error;
  }
}

/**
 * API Gateway caches this answer by credential and uses it for every route, so it names the whole directory: one resource
 * for each method, since nothing says that a `*` in the place of the method would stop at the slash behind it. What the context
 * says are texts, numbers and booleans: with anything else API Gateway would refuse the answer.
 */
function allow(methodArn: string, directory: string, { id, scopes }: StoredToken, settings: Settings): APIGatewayAuthorizerResult {
  const stage = methodArn.split('/', 2).join('/');
  return {
    principalId: id,
    policyDocument: {
      Version: '2012-10-17',
      Statement: [
        {
          Action: 'execute-api:Invoke',
          Effect: 'Allow',
          Resource: METHODS.map((method) => `${stage}/${method}/${directory}/*`),
        },
      ],
    },
    context: { ...settings, directory, tokenId: id, scopes: scopes.join(' ') },
  };
}
