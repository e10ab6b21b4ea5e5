import { DomainName, EndpointType, type RestApi, SecurityPolicy } from 'aws-cdk-lib/aws-apigateway';
import type { ICertificate } from 'aws-cdk-lib/aws-certificatemanager';
import { ARecord, type IHostedZone, RecordTarget } from 'aws-cdk-lib/aws-route53';
import { ApiGatewayDomain } from 'aws-cdk-lib/aws-route53-targets';
import { CfnOutput } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface CustomDomainProps {
  readonly restApi: RestApi;
  /** Such as `scim.example.com`, in lower case. */
  readonly domainName: string;
  /** Of that name, in the region of the stack. */
  readonly certificate: ICertificate;
  /**
   * Zone in which the name is made an alias of the API. Its id is enough.
   *
   * @default - none: the output `DomainTarget` says what the name has to point to
   */
  readonly hostedZone?: IHostedZone;
}

/** An address of one's own. The API lies at its root, so that base URLs name no stage. */
export class CustomDomain extends Construct {
  constructor(scope: Construct, id: string, { restApi, domainName, certificate, hostedZone }: CustomDomainProps) {
    super(scope, id);

    const domain = new DomainName(this, 'Resource', {
      domainName,
      certificate,
      endpointType: EndpointType.REGIONAL,
      // From TLS 1.2 on, 1.3 too. Of the policies that leave out more, we know of none that every identity provider's client can do.
      securityPolicy: SecurityPolicy.TLS_1_2,
      mapping: restApi,
    });

    if (hostedZone) {
      // With the dot at its end it is whole, and the name of the zone is not needed.
      const target = RecordTarget.fromAlias(new ApiGatewayDomain(domain));
      new ARecord(this, 'Alias', { zone: hostedZone, recordName: `${domainName}.`, target });
    } else {
      new CfnOutput(this, 'DomainTarget', {
        value: domain.domainNameAliasDomainName,
        description: `What ${domainName} has to point to, by a CNAME or an alias record`,
      }).overrideLogicalId('DomainTarget');
    }
  }
}
