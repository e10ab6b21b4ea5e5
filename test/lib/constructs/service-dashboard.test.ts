import { expect, test } from '@jest/globals';
import { Template } from 'aws-cdk-lib/assertions';
import { ServiceDashboard } from '../../../lib/constructs/service-dashboard.ts';
import { stackWithParts } from '../../support/service-parts.ts';

interface Widget {
  readonly type: string;
  readonly properties: { readonly title: string; readonly metrics?: readonly unknown[]; readonly query?: string };
}

const { stack, parts } = stackWithParts();
new ServiceDashboard(stack, 'Dashboard', parts);
const [dashboard] = Object.values(Template.fromStack(stack).findResources('AWS::CloudWatch::Dashboard'));
/** Its body, with names for what is known at deployment only. */
const body = JSON.stringify(
  stack
    .resolve(dashboard?.Properties.DashboardBody)
    ['Fn::Join'][1].map((part: string | { Ref: string }) => (typeof part === 'string' ? part : part.Ref)),
);
const { widgets } = JSON.parse((JSON.parse(body) as string[]).join('')) as { widgets: Widget[] };
const titled = (title: string) => widgets.find(({ properties }) => properties.title.startsWith(title))?.properties;

test('every widget has a title and something to show', () => {
  expect(widgets.map(({ type }) => type)).toEqual([...Array(9).fill('metric'), ...Array(4).fill('log')]);
  for (const { properties } of widgets) expect(properties.metrics?.length ?? properties.query?.length).toBeGreaterThan(0);
});

test('store calls are those of this stack', () => {
  expect(titled('Store calls')?.metrics?.[0]).toEqual(expect.arrayContaining(['Rollcall', 'StoreCalls', 'Stack', 'Small']));
});

test('the authorizer is shown beside the functions', () => {
  expect(titled('Functions: throttles')?.metrics).toHaveLength(6);
});

test('the lines of all functions are asked for those who send most', () => {
  const query = titled('Top talkers: directories')?.query ?? '';
  for (const name of ['Users', 'Groups', 'Entitlements', 'Discovery', 'Bulk'])
    expect(query).toMatch(new RegExp(`SOURCE '${name}Logs\\w+'`));
  expect(query).toMatch(
    /\| filter ispresent\(status\)\n\| stats count\(\*\) as requests, .* by directory\n\| sort requests desc\n\| limit 20$/,
  );
});
