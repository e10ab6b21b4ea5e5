import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from '@jest/globals';
import { alike, commandsOf, said } from '../support/console.ts';
import { npmStart, temporaryFolder } from '../support/npm-start.ts';

const page = readFileSync('docs/operations.md', 'utf8');

/** The file that the page shows. */
const catalogue = /```json\n(\{\n {2}"Roles".*?)^```$/ms.exec(page)?.[1] ?? '';

test('every command of docs/operations.md says what stands there', async () => {
  const data = temporaryFolder();
  const folder = mkdtempSync(join(tmpdir(), 'rollcall-page-'));
  await using stack = await npmStart(data, {}, ['-c', 'credentialCacheSeconds=0']);
  writeFileSync(join(folder, 'catalogue.json'), catalogue);
  const commands = commandsOf(page);
  expect(commands.length).toBeGreaterThan(15);
  for (const { line, args, output } of commands)
    expect([line, alike(await said(args, { options: `--local --data ${data}`, folder }))]).toEqual([line, alike(output)]);
  expect(stack.said()).not.toContain('Error');
  rmSync(folder, { recursive: true });
}, 180_000);
