import type { Api, Authorizer } from './api.ts';
import type { Invoke } from './functions.ts';
import { allows, isPolicy, type Policy } from './policy.ts';
import { headerOf, type Incoming, toEvent } from './proxy-event.ts';
import type { Match } from './router.ts';
import { PSEUDO } from './template.ts';

/** What an authorizer leads to: what it says of the caller, or the type of gateway response that ends the request. */
export type Authorization = { readonly caller: Record<string, string> } | { readonly refusal: string };

export type Authorize = (incoming: Incoming, match: Match, authorizer: Authorizer) => Promise<Authorization>;

/** Asks a REQUEST authorizer as API Gateway does: with its event, its policy held against the method, its answer cached. */
export function gatewayAuthorizer(api: Api, invoke: Invoke): Authorize {
  const cache = new Map<string, { readonly policy: Policy; readonly until: number }>();

  const ask = async (incoming: Incoming, match: Match, authorizer: Authorizer, methodArn: string): Promise<Policy | string> => {
    const event = { type: 'REQUEST', methodArn, ...toEvent(incoming, api, match) };
    const outcome = await invoke(authorizer.functionId, event);
    if ('errorType' in outcome) return outcome.errorMessage === 'Unauthorized' ? 'UNAUTHORIZED' : 'AUTHORIZER_FAILURE';
    return isPolicy(outcome.result) ? outcome.result : 'AUTHORIZER_CONFIGURATION_ERROR';
  };

  return async (incoming, match, authorizer) => {
    const identity = headerOf(incoming, authorizer.identityHeader);
    if (!identity) return { refusal: 'UNAUTHORIZED' };
    const methodArn = methodArnOf(api, incoming);
    const key = `${authorizer.logicalId} ${identity}`;
    const cached = cache.get(key);
    const policy = cached && cached.until > Date.now() ? cached.policy : await ask(incoming, match, authorizer, methodArn);
    if (typeof policy === 'string') return { refusal: policy };
    if (policy !== cached?.policy && authorizer.ttlSeconds > 0)
      cache.set(key, { policy, until: Date.now() + authorizer.ttlSeconds * 1_000 });
    if (!allows(policy, methodArn)) return { refusal: 'ACCESS_DENIED' };
    const context = Object.entries(policy.context ?? {}).map(([name, value]) => [name, String(value)]);
    return { caller: { principalId: policy.principalId, ...Object.fromEntries(context) } };
  };
}

const methodArnOf = ({ id, stage }: Api, { method, path }: Incoming): string =>
  `arn:aws:execute-api:${PSEUDO['AWS::Region']}:${PSEUDO['AWS::AccountId']}:${id}/${stage}/${method}${path}`;
