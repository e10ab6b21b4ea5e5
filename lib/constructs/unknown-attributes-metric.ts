import { FilterPattern, MetricFilter } from 'aws-cdk-lib/aws-logs';
import { Construct } from 'constructs';
import type { ScimFunction } from './scim-function.ts';

export interface UnknownAttributesMetricProps {
  /** Those that read what clients write. */
  readonly functions: readonly ScimFunction[];
}

/**
 * Counts, for each directory, the attributes in what its client sends that no schema declares: what the customer's mapping
 * loses. Their names are in the lines of the log that this counts.
 */
export class UnknownAttributesMetric extends Construct {
  constructor(scope: Construct, id: string, { functions }: UnknownAttributesMetricProps) {
    super(scope, id);

    for (const { node, logGroup } of functions) {
      new MetricFilter(this, node.id, {
        logGroup,
        filterPattern: FilterPattern.numberValue('$.message.unknownAttributeCount', '>', 0),
        metricNamespace: 'Rollcall',
        metricName: 'UnknownAttributes',
        metricValue: '$.message.unknownAttributeCount',
        dimensions: { Directory: '$.message.directory' },
      });
    }
  }
}
