import { Metric, type MetricOptions } from 'aws-cdk-lib/aws-cloudwatch';
import { type MetricName, NAMESPACE } from '../../lambdas/log/line.ts';

/** A metric that the functions of a stack make by what they log; `dimensions` are those that it has beside the stack. */
export const ownMetric = (
  stack: string,
  metricName: MetricName,
  { dimensions = {}, ...options }: Omit<MetricOptions, 'dimensionsMap'> & { readonly dimensions?: Readonly<Record<string, string>> },
): Metric => new Metric({ ...options, namespace: NAMESPACE, metricName, dimensionsMap: { Stack: stack, ...dimensions } });
