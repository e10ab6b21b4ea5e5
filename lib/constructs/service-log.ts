import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { RemovalPolicy } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

export interface LogSettings {
  /**
   * For how long logs are kept.
   *
   * @default RetentionDays.ONE_MONTH
   */
  readonly logRetention?: RetentionDays;
}

export interface ServiceLogProps extends LogSettings {
  /**
   * A name that somebody else expects.
   *
   * @default - one that CloudFormation makes
   */
  readonly logGroupName?: string;
}

/** A log of the service's: it ends with its time, and with the stack. */
export class ServiceLog extends LogGroup {
  constructor(scope: Construct, id: string, { logRetention = RetentionDays.ONE_MONTH, ...props }: ServiceLogProps) {
    super(scope, id, { ...props, retention: logRetention, removalPolicy: RemovalPolicy.DESTROY });
  }
}
