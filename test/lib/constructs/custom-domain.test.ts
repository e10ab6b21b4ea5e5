import { expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { Certificate } from 'aws-cdk-lib/aws-certificatemanager';
import { HostedZone } from 'aws-cdk-lib/aws-route53';
import { CustomDomain } from '../../../lib/constructs/custom-domain.ts';
import { stackWithApi } from '../../support/service-parts.ts';

const CERTIFICATE = 'arn:aws:acm:eu-west-1:123456789012:certificate/00000000-0000-0000-0000-000000000000';

function synthesized(hostedZoneId?: string): Template {
  const { stack, restApi } = stackWithApi();
  new CustomDomain(stack, 'Domain', {
    restApi,
    domainName: 'scim.example.com',
    certificate: Certificate.fromCertificateArn(stack, 'Certificate', CERTIFICATE),
    ...(hostedZoneId && { hostedZone: HostedZone.fromHostedZoneId(stack, 'Zone', hostedZoneId) }),
  });
  return Template.fromStack(stack);
}

const alone = synthesized();
const inZone = synthesized('Z123');

test('the name leads to the stage, with no path in between, by TLS 1.2 or later', () => {
  alone.hasResourceProperties('AWS::ApiGateway::DomainName', {
    DomainName: 'scim.example.com',
    RegionalCertificateArn: CERTIFICATE,
    EndpointConfiguration: { Types: ['REGIONAL'] },
    SecurityPolicy: 'TLS_1_2',
  });
  const [mapping] = Object.values(alone.findResources('AWS::ApiGateway::BasePathMapping'));
  expect(mapping?.Properties).not.toHaveProperty('BasePath');
  expect(mapping?.Properties.Stage).toEqual({ Ref: expect.stringMatching(/^ApiDeploymentStage/) });
});

test('without a zone, it is said what the name has to point to', () => {
  expect(alone.toJSON().Outputs.DomainTarget.Value).toEqual({ 'Fn::GetAtt': [expect.stringMatching(/^Domain/), 'RegionalDomainName'] });
  alone.resourceCountIs('AWS::Route53::RecordSet', 0);
});

test('in a zone, of which the id is enough, it is an alias, of IPv4 as the API', () => {
  inZone.hasResourceProperties('AWS::Route53::RecordSet', { Type: 'A', Name: 'scim.example.com.', HostedZoneId: 'Z123' });
  inZone.resourceCountIs('AWS::Route53::RecordSet', 1);
  expect(inZone.toJSON().Outputs).not.toHaveProperty('DomainTarget');
});
