import { Dashboard, GraphWidget, type IMetric, LogQueryVisualizationType, LogQueryWidget } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration, Stack } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { ownMetric } from './own-metric.ts';
import type { ServiceParts } from './service-parts.ts';

interface Graph {
  readonly title: string;
  readonly left: readonly IMetric[];
  /** Of another unit or size, with an axis of their own. */
  readonly right?: readonly IMetric[];
}

const period = Duration.minutes(5);
const sum = { statistic: 'Sum', period };
const p50 = { statistic: 'p50', period };
const p99 = { statistic: 'p99', period };

function graphs(stack: string, { restApi: { deploymentStage: stage }, table, functions, authorizer }: ServiceParts): Graph[] {
  const all = Object.entries({ ...functions, authorizer }).map(([label, { function: handler }]) => ({ label, handler }));
  const storeCalls = (statistic: string) => ownMetric(stack, 'StoreCalls', { statistic, period, label: statistic });
  return [
    {
      title: 'Requests, and those that failed',
      left: [stage.metricCount({ ...sum, label: 'requests' })],
      right: [stage.metricClientError({ ...sum, label: '4XX' }), stage.metricServerError({ ...sum, label: '5XX' })],
    },
    {
      title: 'Latency in ms',
      left: [p50, p99].flatMap((as) => [
        stage.metricLatency({ ...as, label: as.statistic }),
        stage.metricIntegrationLatency({ ...as, label: `${as.statistic} of the functions` }),
      ]),
      right: [authorizer.function.metricDuration({ ...p99, label: 'p99 of the authorizer' })],
    },
    { title: 'Store calls of a request', left: [storeCalls('Average'), storeCalls('p99')], right: [storeCalls('Sum')] },
    {
      title: 'Table: consumed units',
      left: [
        table.metricConsumedReadCapacityUnits({ ...sum, label: 'read' }),
        table.metricConsumedWriteCapacityUnits({ ...sum, label: 'written' }),
      ],
    },
    {
      title: 'Table: throttles and conflicts',
      left: [
        table.metric('ReadThrottleEvents', { ...sum, label: 'throttled reads' }),
        table.metric('WriteThrottleEvents', { ...sum, label: 'throttled writes' }),
        table.metric('TransactionConflict', { ...sum, label: 'conflicts of transactions' }),
      ],
    },
    { title: 'Functions: p99 of their duration in ms', left: all.map(({ label, handler }) => handler.metricDuration({ ...p99, label })) },
    {
      title: 'Functions: environments at once',
      left: all.map(({ label, handler }) => handler.metric('ConcurrentExecutions', { statistic: 'Maximum', period, label })),
    },
    { title: 'Functions: throttles', left: all.map(({ label, handler }) => handler.metricThrottles({ ...sum, label })) },
    {
      title: 'Functions: errors (of the authorizer, 401 too)',
      left: all.map(({ label, handler }) => handler.metricErrors({ ...sum, label })),
    },
  ];
}

/** Over the lines that the functions write, one a request. What API Gateway refuses by itself (401, 403, 429) reaches none of them. */
const QUERIES: readonly { readonly title: string; readonly lines: readonly string[] }[] = [
  {
    title: 'Requests by status',
    lines: ['stats count(*) as requests, pct(ms, 50) as p50, pct(ms, 99) as p99 by status', 'sort status'],
  },
  {
    title: 'Errors by status and route',
    lines: ['filter status >= 400', 'stats count(*) as requests by status, scimType, method, route', 'sort requests desc', 'limit 50'],
  },
  {
    title: 'Top talkers: directories',
    lines: ['stats count(*) as requests, sum(StoreCalls) as calls, pct(ms, 99) as p99 by directory', 'sort requests desc', 'limit 20'],
  },
  { title: 'Top talkers: clients', lines: ['stats count(*) as requests by userAgent, directory', 'sort requests desc', 'limit 20'] },
];

/** Shows what the service does, and for whom: what is looked at first when an alarm goes off. */
export class ServiceDashboard extends Construct {
  constructor(scope: Construct, id: string, props: ServiceParts) {
    super(scope, id);

    const dashboard = new Dashboard(this, 'Resource', { defaultInterval: Duration.hours(3) });
    const ofGraph = ({ title, left, right = [] }: Graph) => new GraphWidget({ title, left: [...left], right: [...right], width: 8 });
    const rows = graphs(Stack.of(this).stackName, props).map(ofGraph);
    for (let start = 0; start < rows.length; start += 3) dashboard.addWidgets(...rows.slice(start, start + 3));

    const logGroupNames = Object.values(props.functions).map(({ logGroup }) => logGroup.logGroupName);
    const ofQuery = ({ title, lines }: (typeof QUERIES)[number]) =>
      new LogQueryWidget({
        title,
        logGroupNames,
        view: LogQueryVisualizationType.TABLE,
        queryLines: ['filter ispresent(status)', ...lines],
        width: 12,
      });
    for (let start = 0; start < QUERIES.length; start += 2) dashboard.addWidgets(...QUERIES.slice(start, start + 2).map(ofQuery));
  }
}
