import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from '@jest/globals';

const ours = fileURLToPath(new URL('../..', import.meta.url));

/** A vendor's CDK app, beside a checkout of ours. */
const APP = `
import { Topic } from 'aws-cdk-lib/aws-sns';
import { App, Stack, Stage } from 'aws-cdk-lib/core';
import { Rollcall } from '../rollcall/lib/rollcall.ts';

// In a stage, of a known account and region, in an app without feature flags.
const production = new Stage(new App(), 'Production', { env: { account: '123456789012', region: 'eu-west-1' } });
const stack = new Stack(production, 'Product');
const rollcall = new Rollcall(stack, 'Scim', { secretPrefix: 'product/scim', alarmTopic: new Topic(stack, 'OnCall', { enforceSSL: true }) });
rollcall.table.grantReadData(rollcall.functions.discovery.function);
`;

const workspace = mkdtempSync(join(tmpdir(), 'rollcall-workspace-'));
const out = join(workspace, 'product/cdk.out/assembly-Production');
let said = '';

beforeAll(() => {
  mkdirSync(join(workspace, 'product'));
  symlinkSync(ours, join(workspace, 'rollcall'));
  // What a workspace's packages depend on is in its root.
  symlinkSync(join(ours, 'node_modules'), join(workspace, 'node_modules'));
  writeFileSync(join(workspace, 'product/package.json'), '{ "type": "module" }');
  writeFileSync(join(workspace, 'product/app.ts'), APP);
  const { stderr } = spawnSync(process.execPath, ['app.ts'], {
    cwd: join(workspace, 'product'),
    encoding: 'utf8',
    env: { ...process.env, CDK_OUTDIR: join(out, '..'), CDK_VALIDATION: 'false' },
  });
  said = stderr;
});
afterAll(() => rmSync(workspace, { recursive: true }));

test("is a construct in a vendor's own app, whose functions are bundled from where it lies", () => {
  const written = (ending: string) =>
    JSON.parse(readFileSync(join(out, readdirSync(out).find((name) => name.endsWith(ending)) ?? ''), 'utf8'));
  const { Resources, Outputs } = written('.template.json');
  const { files } = written('.assets.json');
  const bundles = ['Users', 'Groups', 'Entitlements', 'Discovery', 'Bulk', 'Authorizer'].map((name) => {
    const { S3Key } = Resources[`${name}Function`].Properties.Code;
    return existsSync(join(out, files[S3Key.replace('.zip', '')].source.path, 'index.mjs'));
  });
  expect({ bundles, said: said.includes('rror') ? said : '' }).toEqual({ bundles: Array(6).fill(true), said: '' });
  expect(Resources).toMatchObject({ DirectoryTable: { DeletionPolicy: 'Retain' }, ScimApi: {} });
  // By these the operator's command line finds it, in a stack of whatever name.
  expect(Object.keys(Outputs)).toEqual(expect.arrayContaining(['ApiUrl', 'TableName', 'SecretPrefix', 'CredentialCacheSeconds']));
  expect(Outputs.SecretPrefix.Value).toBe('product/scim');
});
