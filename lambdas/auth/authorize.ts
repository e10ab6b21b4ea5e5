import type { APIGatewayAuthorizerResult, APIGatewayRequestAuthorizerEvent } from 'aws-lambda';
import { type Settings, settingsOf } from '../scim/schemas/settings.ts';
import { parseAuthorization } from './credential.ts';
import type { ReadSecret } from './secret-cache.ts';
import { findToken, type StoredToken } from './token.ts';

/** API Gateway turns an error with this very message into 401; any other becomes 500. */
const unauthorized = () => new Error('Unauthorized');

const METHODS = ['GET', 'POST', 'PUT', 'PATCH', 'DELETE', 'HEAD', 'OPTIONS'];

/**
 * The REQUEST authorizer: finds out whose credential it is, and opens that directory alone. A directory that is not known takes the
 * same way as one that is, to the same answer.
 */
export const authorizer =
  (readSecret: ReadSecret) =>
  async (event: APIGatewayRequestAuthorizerEvent): Promise<APIGatewayAuthorizerResult> => {
    const credential = parseAuthorization(authorizationOf(event));
    if (!credential) throw unauthorized();
    const { directory, token } = credential;
    const secret = await readSecret(directory);
    const found = findToken(secret?.tokens ?? [], token, new Date());
    if (!found) throw unauthorized();
    return allow(event.methodArn, directory, found, settingsOf(secret?.settings));
  };

/**
 * The header, whatever letter case its name has. Empty if there is none, or more than one: API Gateway may remember an answer by
 * another of them than the one that we would read.
 */
function authorizationOf({ headers, multiValueHeaders }: APIGatewayRequestAuthorizerEvent): string {
  const lists = Object.entries(multiValueHeaders ?? {}).filter(isAuthorization);
  const given = lists.length > 0 ? lists : Object.entries(headers ?? {}).filter(isAuthorization);
  const [value, ...more] = given.flatMap(([, values]) => values ?? []);
  return more.length > 0 ? '' : (value ?? '');
}

const isAuthorization = ([name]: readonly [string, unknown]): boolean => name.toLowerCase() === 'authorization';

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
