import { type IMetric, MathExpression } from 'aws-cdk-lib/aws-cloudwatch';
import { Duration } from 'aws-cdk-lib/core';
import type { UnreadableReason } from '../../lambdas/auth/unreadable.ts';
import { ownMetric } from './own-metric.ts';
import type { LoggedFunction, ServiceParts } from './service-parts.ts';

/** Something that an alarm watches. */
export interface Watch {
  readonly id: string;
  readonly metric: IMetric;
  /** The alarm goes off at this. */
  readonly threshold: number;
  /** In so many periods, one behind another. One alone passes by itself: clients repeat what failed. */
  readonly periods: number;
  /** For somebody who was woken by it: what it means, and where to look first. */
  readonly description: string;
}

const period = Duration.minutes(5);
const capitalized = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);

/** Of the API. Everything that fails behind it, the authorizer too, is a 5XX here. */
export const apiWatches = ({ deploymentStage: stage }: ServiceParts['restApi']): Watch[] => [
  {
    id: 'ServerErrors',
    // Fewer than five failures are no rate: at night one would be half of all requests.
    metric: new MathExpression({
      expression: 'IF(errors >= 5, 100 * errors / requests, 0)',
      usingMetrics: { errors: stage.metricServerError({ period }), requests: stage.metricCount({ period }) },
      label: '5XX in percent of the requests',
      period,
    }),
    threshold: 5,
    periods: 2,
    description:
      'Of the requests, 5 % or more end in 5XX. Look first whether another alarm says why (the table, throttles, the authorizer), then ' +
      'at the errors by status on the dashboard, and for lines of level ERROR in the logs of the functions.',
  },
  {
    id: 'Latency',
    // A function is ended after 28 s, API Gateway gives up after 29, Okta after 60. A push of thousands of members may take
    // 25 s and is no fault, so that it takes some traffic and three periods to wake somebody.
    metric: new MathExpression({
      expression: 'IF(requests >= 20, latency, 0)',
      usingMetrics: { latency: stage.metricLatency({ period, statistic: 'p99' }), requests: stage.metricCount({ period }) },
      label: 'p99 in ms',
      period,
    }),
    threshold: 15_000,
    periods: 3,
    description:
      'For a quarter of an hour one request of a hundred has taken 15 s or more; at 28 s it is ended. Look on the dashboard for ' +
      'throttles and conflicts of the table, and for a directory that does most of the work.',
  },
];

/**
 * The secrets that cannot be read for a reason that the operator has to mend. One that is missing is most often a guess, and one that is
 * deleted was that of a customer who has left, and whose client has not been told.
 */
const UNREADABLE: Readonly<Partial<Record<UnreadableReason, string>>> = {
  malformed: 'holds something else than the command line writes: somebody has edited it. Make its last version the current one again',
  denied: 'may not be read. Look at the policies of the secret and of its KMS key, and at the role of the authorizer',
};

/** Of the authorizer of a stack. */
export const authorizerWatches = (failures: IMetric, stack: string): Watch[] => [
  {
    id: 'AuthorizerFailures',
    metric: failures,
    threshold: 5,
    periods: 1,
    description:
      'The authorizer has failed, and clients with good tokens get 500. Look for lines of level ERROR in its log: most likely Secrets ' +
      'Manager does not answer, or refuses. Refused tokens (401) are not counted.',
  },
  ...Object.entries(UNREADABLE).map(([Reason, what]) => ({
    id: `${capitalized(Reason)}Secret`,
    metric: ownMetric(stack, 'UnreadableSecrets', { dimensions: { Reason }, statistic: 'Sum', period }),
    threshold: 1,
    periods: 1,
    description: `The secret of a directory ${what}. Until then its clients get 401. The log of the authorizer names the directory.`,
  })),
];

/** Of the table. */
export const tableWatches = (table: ServiceParts['table']): Watch[] => [
  ...['Read', 'Write'].map((kind) => ({
    id: `${kind}Throttles`,
    // Of the table; `ThrottledRequests` exists for a table and one operation of it only.
    metric: table.metric(`${kind}ThrottleEvents`, { statistic: 'Sum', period }),
    // Some are no more than DynamoDB making room; they are repeated, and the client sees nothing of it.
    threshold: 10,
    periods: 2,
    description:
      `DynamoDB throttles ${kind.toLowerCase()}s of the table; clients get 429 once repeating does not help. Compare the consumed units ` +
      `on the dashboard with max${kind}RequestUnits, if that is set; else one directory or group is hot (1,000 writes/s): look at the top talkers.`,
  })),
  {
    id: 'Conflicts',
    metric: table.metric('TransactionConflict', { statistic: 'Sum', period }),
    // Clients that change one group at the same time make some, and each is repeated until the request is about to end.
    threshold: 1_000,
    periods: 3,
    description:
      'Transactions get in the way of one another, three a second for a quarter of an hour: requests become slow, then 503. A client ' +
      'changes one group or user from many threads: look at the top talkers, and at the routes with the longest times.',
  },
];

/** Of one function. */
export const throttleWatch = ([name, { function: handler }]: [string, LoggedFunction]): Watch => ({
  id: `${capitalized(name)}Throttles`,
  metric: handler.metricThrottles({ period }),
  threshold: 5,
  periods: 1,
  description:
    `Lambda does not run the function ${name} often enough at once, and clients get 500. Look at the concurrent executions of the ` +
    'account: another service may use them up. Have the quota raised, or lower throttlingRateLimit.',
});
