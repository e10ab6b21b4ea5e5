import { FilterPattern, type ILogGroup, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import { UNREADABLE_SECRET } from '../../lambdas/auth/unreadable.ts';

export interface UnreadableSecretsMetricProps {
  /** Where the authorizer logs. */
  readonly logGroup: ILogGroup;
}

/**
 * Counts, for each reason, how often the authorizer met a directory whose secret it could not read: at most once per directory,
 * environment and time for which answers are remembered. Any but `missing`, which a guess leads to as well, is for the operator to
 * mend. Which directory it is stands in the lines of the log that this counts.
 */
export class UnreadableSecretsMetric extends Construct {
  constructor(scope: Construct, id: string, { logGroup }: UnreadableSecretsMetricProps) {
    super(scope, id);

    new MetricFilter(this, 'Filter', {
      logGroup,
      filterPattern: FilterPattern.stringValue('$.message.message', '=', UNREADABLE_SECRET),
      metricNamespace: 'Rollcall',
      metricName: 'UnreadableSecrets',
      dimensions: { Reason: '$.message.reason' },
    });
  }
}
