import { describe, expect, test } from '@jest/globals';
import { Match, Template } from 'aws-cdk-lib/assertions';
import { ADDRESS_RANGE, isAddressRange } from '../../../lib/address-range.ts';
import { Firewall, type FirewallProps } from '../../../lib/constructs/firewall.ts';
import { stackWithApi } from '../../support/service-parts.ts';

function synthesized(props: Omit<FirewallProps, 'restApi'> = {}): Template {
  const { stack, restApi } = stackWithApi();
  new Firewall(stack, 'Firewall', { restApi, ...props });
  return Template.fromStack(stack);
}

interface Rule {
  readonly Name: string;
  readonly Priority: number;
  readonly Statement: Record<string, unknown>;
  readonly Action?: unknown;
  readonly VisibilityConfig: unknown;
}

const rulesOf = (template: Template): Rule[] =>
  Object.values(template.findResources('AWS::WAFv2::WebACL')).flatMap(({ Properties }) => Properties.Rules as Rule[]);

const open = synthesized();
const closed = synthesized({ allowedAddresses: ['203.0.113.0/24', '198.51.100.7/32'], rateLimit: 500 });

test('it stands before the stage', () => {
  open.hasResourceProperties('AWS::WAFv2::WebACLAssociation', {
    ResourceArn: { 'Fn::Join': ['', Match.arrayWith([':apigateway:', '::/restapis/', '/stages/'])] },
  });
});

test('its rules follow one another, and each is measured', () => {
  expect(rulesOf(closed).map(({ Name, Priority }) => [Name, Priority])).toEqual([
    ['NotAllowed', 0],
    ['TooMany', 1],
    ['AWSManagedRulesAmazonIpReputationList', 2],
    ['AWSManagedRulesKnownBadInputsRuleSet', 3],
    ['AWSManagedRulesCommonRuleSet', 4],
  ]);
  for (const { Name, VisibilityConfig } of rulesOf(closed)) {
    expect(VisibilityConfig).toEqual({ MetricName: Name, CloudWatchMetricsEnabled: true, SampledRequestsEnabled: true });
  }
});

describe('the rate', () => {
  test.each([
    { template: open, limit: 60_000 },
    { template: closed, limit: 500 },
  ])('is $limit requests of an address in five minutes', ({ template, limit }) => {
    const rule = rulesOf(template).find(({ Name }) => Name === 'TooMany');
    expect(rule?.Statement).toEqual({ RateBasedStatement: { AggregateKeyType: 'IP', EvaluationWindowSec: 300, Limit: limit } });
  });

  test('is answered with 429 in the form of SCIM, and when to come back', () => {
    expect(rulesOf(open)[0]?.Action).toEqual({
      Block: {
        CustomResponse: { ResponseCode: 429, CustomResponseBodyKey: 'TooMany', ResponseHeaders: [{ Name: 'Retry-After', Value: '60' }] },
      },
    });
    open.hasResourceProperties('AWS::WAFv2::WebACL', {
      CustomResponseBodies: {
        TooMany: {
          ContentType: 'APPLICATION_JSON',
          Content: Match.serializedJson({
            schemas: ['urn:ietf:params:scim:api:messages:2.0:Error'],
            status: '429',
            detail: 'Too many requests from this address',
          }),
        },
      },
    });
  });
});

describe('the allow list', () => {
  test('refuses all but its ranges', () => {
    const [rule] = rulesOf(closed);
    expect(rule?.Statement).toEqual({ NotStatement: { Statement: { IPSetReferenceStatement: expect.anything() } } });
    expect(rule?.Action).toEqual({ Block: {} });
    closed.hasResourceProperties('AWS::WAFv2::IPSet', { IPAddressVersion: 'IPV4', Addresses: ['203.0.113.0/24', '198.51.100.7/32'] });
  });

  test('is not there if it is not asked for', () => {
    open.resourceCountIs('AWS::WAFv2::IPSet', 0);
  });

  test.each([[[]], [['10.0.0.0/8', 'here']]])('of %j is refused', (allowedAddresses: string[]) => {
    const message = `allowedAddresses: expected ${ADDRESS_RANGE}, got ${JSON.stringify(allowedAddresses)}`;
    expect(() => synthesized({ allowedAddresses })).toThrow(new RangeError(message));
  });

  test.each(['203.0.113.7/32', '10.0.0.0/8', '203.0.113.0/24'])('takes %s', (text) => {
    expect(isAddressRange(text)).toBe(true);
  });

  test.each([
    '203.0.113.7',
    '203.0.113.0/33',
    '203.0.113.7/24',
    '0.0.0.0/0',
    '203.0.113.0/024',
    '203.0.113/24',
    '203.0.113.00/24',
    '2001:db8::/32',
    '',
  ])('does not take "%s"', (text) => {
    expect(isAddressRange(text)).toBe(false);
  });
});

test('no rule refuses a long body, a filter, or what a resource may hold', () => {
  const groups = rulesOf(open).flatMap(({ Statement }) => Statement.ManagedRuleGroupStatement ?? []) as {
    Name: string;
    RuleActionOverrides: { Name: string; ActionToUse: unknown }[];
  }[];
  expect(groups.map(({ Name }) => Name)).not.toContain('AWSManagedRulesSQLiRuleSet');
  const counted = groups.find(({ Name }) => Name === 'AWSManagedRulesCommonRuleSet')?.RuleActionOverrides ?? [];
  // Every rule of the group for bodies and queries, as AWS lists them.
  const looking = ['SizeRestrictions', 'CrossSiteScripting', 'GenericLFI', 'GenericRFI', 'EC2MetaDataSSRF'].map((rule) => `${rule}_BODY`);
  expect(counted.map(({ Name }) => Name)).toEqual(expect.arrayContaining([...looking, 'SizeRestrictions_QUERYSTRING']));
  for (const { ActionToUse } of counted) expect(ActionToUse).toEqual({ Count: {} });
});
