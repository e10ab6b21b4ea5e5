import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { CONTEXT_KEYS } from '../../lib/context.ts';

const page = readFileSync('docs/deploy.md', 'utf8');
const json = JSON.parse(readFileSync(join(process.env.TEST_CDK_OUT ?? '', 'Rollcall.template.json'), 'utf8'));

/** What stands in code at the beginning of the rows of a section's first table. */
function rowsOf(heading: string): string[] {
  const section = page.split(/^## /m).find((text) => text.startsWith(`${heading}\n`)) ?? '';
  const [table = ''] = /^\|.*(?:\n\|.*)*/m.exec(section) ?? [];
  return [...table.matchAll(/^\| ([^|]*)/gm)].flatMap(([, cell = '']) => [...cell.matchAll(/`(\w+)`/g)].map(([, name = '']) => name));
}

test('the table of context keys has every key that there is, and no other', () => {
  expect(rowsOf('Context keys').sort()).toEqual([...CONTEXT_KEYS].sort());
});

test('the logical ids that must never change are those of the template', () => {
  const ids = rowsOf('Logical ids that must never change');
  const { Resources, Outputs } = json;
  const functions = Object.keys(Resources).filter((id) => Resources[id].Type === 'AWS::Lambda::Function');
  expect(ids).toEqual(expect.arrayContaining(['DirectoryTable', 'ScimApi', ...functions]));
  // The key is there where the context asks for it.
  expect(ids.filter((id) => !(id in Resources) && !(id in Outputs))).toEqual(['TableKey']);
});

test('what a month costs is reckoned with the alarms, metrics and memory of the template', () => {
  const propertiesOf = (type: string) =>
    Object.values<{ Type: string; Properties: Record<string, unknown> }>(json.Resources)
      .filter(({ Type }) => Type === type)
      .map(({ Properties }) => Properties);
  const alarms = propertiesOf('AWS::CloudWatch::Alarm');
  const metrics = alarms.flatMap(({ Metrics = [{ MetricStat: {} }] }) =>
    (Metrics as { MetricStat?: object }[]).filter((it) => it.MetricStat),
  );
  expect(page).toContain(`| alarms: ${alarms.length} on ${metrics.length} metrics × 0.10 | ${(metrics.length / 10).toFixed(2)} |`);
  const megabytes = propertiesOf('AWS::Lambda::Function').reduce((sum, { MemorySize }) => sum + Number(MemorySize), 0);
  expect(page).toContain(`${(megabytes / 1024).toFixed(2)} GB × 2,628,000 s`);
});
