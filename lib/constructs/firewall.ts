import type { RestApi } from 'aws-cdk-lib/aws-apigateway';
import { CfnIPSet, CfnWebACL, CfnWebACLAssociation } from 'aws-cdk-lib/aws-wafv2';
import { Construct } from 'constructs';
import { ERROR_URN } from '../../lambdas/scim/errors.ts';
import { ADDRESS_RANGE, isAddressRange } from '../address-range.ts';
import { MANAGED_RULES, type ManagedRules } from './managed-rules.ts';

export interface FirewallProps {
  readonly restApi: RestApi;
  /**
   * How many requests one address may send in five minutes, from 10 on. An identity provider calls for all of its customers from the
   * same few addresses: the limit is for what all of them send together, and ends a flood rather than a busy client.
   *
   * @default 60000
   */
  readonly rateLimit?: number;
  /**
   * Ranges of IPv4 addresses, such as `203.0.113.0/24`: those of the identity providers. Nobody else gets in.
   *
   * @default - everybody gets as far as the authorizer
   */
  readonly allowedAddresses?: readonly string[];
}

/**
 * WAF's answer to who sends too much. Its content type can only be `application/json`; what the other rules refuse is answered by the
 * gateway response for it.
 */
const TOO_MANY = { schemas: [ERROR_URN], status: '429', detail: 'Too many requests from this address' };
/** The rule looks back five minutes: after the few seconds that the service itself asks for, it would still refuse. */
const RETRY_AFTER_SECONDS = 60;

const visibility = (metricName: string): CfnWebACL.VisibilityConfigProperty => ({
  metricName,
  cloudWatchMetricsEnabled: true,
  sampledRequestsEnabled: true,
});

/** Stands before the authorizer. Throws a `RangeError` for an allowed range that is none. */
export class Firewall extends Construct {
  constructor(scope: Construct, id: string, { restApi, rateLimit = 60_000, allowedAddresses }: FirewallProps) {
    super(scope, id);

    const rules = [
      ...(allowedAddresses ? [this.allowListRule(allowedAddresses)] : []),
      rateRule(rateLimit),
      ...MANAGED_RULES.map(managedRule),
    ];
    const acl = new CfnWebACL(this, 'Resource', {
      scope: 'REGIONAL',
      defaultAction: { allow: {} },
      customResponseBodies: { TooMany: { contentType: 'APPLICATION_JSON', content: JSON.stringify(TOO_MANY) } },
      visibilityConfig: visibility('Firewall'),
      rules: rules.map((rule, priority) => ({ ...rule, priority, visibilityConfig: visibility(rule.name) })),
    });
    new CfnWebACLAssociation(this, 'Association', { resourceArn: restApi.deploymentStage.stageArn, webAclArn: acl.attrArn });
  }

  private allowListRule(ranges: readonly string[]): Rule {
    if (ranges.length === 0 || !ranges.every(isAddressRange))
      throw new RangeError(`allowedAddresses: expected ${ADDRESS_RANGE}, got ${JSON.stringify(ranges)}`);
    const allowed = new CfnIPSet(this, 'Allowed', { scope: 'REGIONAL', ipAddressVersion: 'IPV4', addresses: [...ranges] });
    return {
      name: 'NotAllowed',
      statement: { notStatement: { statement: { ipSetReferenceStatement: { arn: allowed.attrArn } } } },
      action: { block: {} },
    };
  }
}

type Rule = Omit<CfnWebACL.RuleProperty, 'priority' | 'visibilityConfig'>;

const rateRule = (limit: number): Rule => ({
  name: 'TooMany',
  statement: { rateBasedStatement: { limit, aggregateKeyType: 'IP', evaluationWindowSec: 300 } },
  action: {
    block: {
      customResponse: {
        responseCode: 429,
        customResponseBodyKey: 'TooMany',
        responseHeaders: [{ name: 'Retry-After', value: String(RETRY_AFTER_SECONDS) }],
      },
    },
  },
});

const managedRule = ({ name, counted }: ManagedRules): Rule => ({
  name,
  statement: {
    managedRuleGroupStatement: {
      vendorName: 'AWS',
      name,
      ruleActionOverrides: counted.map((rule) => ({ name: rule, actionToUse: { count: {} } })),
    },
  },
  overrideAction: { none: {} },
});
