import type { Metric } from 'aws-cdk-lib/aws-cloudwatch';
import { FilterPattern, type ILogGroup, type JsonPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

const { all, any, exists, stringValue } = FilterPattern;

/** What was thrown, as Lambda logs it, but for what becomes a 401. */
const THROWN: JsonPattern = all(exists('$.message.errorType'), stringValue('$.message.errorMessage', '!=', 'Unauthorized'));

/** Lambda's own report of an invocation that it had to end, or whose environment ended. */
const ENDED: JsonPattern = all(
  stringValue('$.type', '=', 'platform.report'),
  any(stringValue('$.record.status', '=', 'timeout'), stringValue('$.record.status', '=', 'failure')),
);

export interface AuthorizerFailuresMetricProps {
  /** Where the authorizer logs, in Lambda's JSON format. */
  readonly logGroup: ILogGroup;
}

/**
 * Counts how often the authorizer had no answer, which API Gateway turns into a 500. Lambda's own `Errors` cannot tell: an
 * authorizer says 401 by throwing, so that each mistyped token counts there as well; and API Gateway has no metric of the
 * authorizers of a REST API.
 */
export class AuthorizerFailuresMetric extends Construct {
  readonly metric: Metric;

  constructor(scope: Construct, id: string, { logGroup }: AuthorizerFailuresMetricProps) {
    super(scope, id);

    const filter = new MetricFilter(this, 'Filter', {
      logGroup,
      filterPattern: any(THROWN, ENDED),
      // A dimension could only be a field of the line, and Lambda's lines do not name the stack.
      metricNamespace: `Rollcall/${Stack.of(this).stackName}`,
      metricName: 'AuthorizerFailures',
    });
    this.metric = filter.metric({ statistic: 'Sum', period: Duration.minutes(5) });
  }
}
