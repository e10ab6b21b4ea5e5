import { Alarm, ComparisonOperator, TreatMissingData } from 'aws-cdk-lib/aws-cloudwatch';
import { SnsAction } from 'aws-cdk-lib/aws-cloudwatch-actions';
import type { ITopic } from 'aws-cdk-lib/aws-sns';
import { Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { AuthorizerFailuresMetric } from './authorizer-failures-metric.ts';
import type { LoggedFunction, ServiceParts } from './service-parts.ts';
import { apiWatches, authorizerWatches, tableWatches, throttleWatch } from './service-watches.ts';

export interface ServiceAlarmsProps extends ServiceParts {
  /**
   * Told when an alarm goes off, and when it is over.
   *
   * @default - nobody is told: the alarms are seen in CloudWatch alone
   */
  readonly topic?: ITopic;
}

/** Tells when the service does not do what it should. Where there is no traffic, there is nothing to tell. */
export class ServiceAlarms extends Construct {
  constructor(scope: Construct, id: string, { restApi, table, functions, authorizer, topic }: ServiceAlarmsProps) {
    super(scope, id);

    const { metric: failures } = new AuthorizerFailuresMetric(this, 'AuthorizerFailuresMetric', { logGroup: authorizer.logGroup });
    const watches = [
      ...apiWatches(restApi),
      ...authorizerWatches(failures, Stack.of(this).stackName),
      ...tableWatches(table),
      ...Object.entries<LoggedFunction>({ ...functions, authorizer }).map(throttleWatch),
    ];
    for (const { id: name, metric, threshold, periods, description } of watches) {
      const alarm = new Alarm(this, name, {
        metric,
        threshold,
        evaluationPeriods: periods,
        comparisonOperator: ComparisonOperator.GREATER_THAN_OR_EQUAL_TO_THRESHOLD,
        treatMissingData: TreatMissingData.NOT_BREACHING,
        alarmDescription: `${description} More is in docs/operations.md.`,
      });
      if (!topic) continue;
      alarm.addAlarmAction(new SnsAction(topic));
      alarm.addOkAction(new SnsAction(topic));
    }
  }
}
