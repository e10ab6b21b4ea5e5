import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeAll, describe, expect, test } from '@jest/globals';
import { NEVER_LOADED } from '../../../lib/constructs/bundling.ts';
import { type Bundle, bundle } from '../../support/bundle.ts';
import { template } from '../../support/test-table.ts';

const FUNCTIONS = ['Users', 'Groups', 'Entitlements', 'Bulk', 'Discovery', 'Authorizer'] as const;

let bundles: Readonly<Record<string, Bundle>>;
beforeAll(async () => {
  const all = FUNCTIONS.map(async (name) => [name, await bundle({ entry: name.toLowerCase() })] as const);
  bundles = Object.fromEntries(await Promise.all(all));
});
const bundleOf = (name: string): Bundle => bundles[name] ?? { code: new Uint8Array(), files: [], imports: [] };

/** Which packages something of is in a bundle. */
const packagesIn = (name: string): Set<string> =>
  new Set(bundleOf(name).files.flatMap((file) => /^node_modules\/((?:@[^/]+\/)?[^/]+)/.exec(file)?.[1] ?? []));

describe.each(FUNCTIONS)('the bundle of %s', (name) => {
  test('is as large as that of the stack, and has 450 KB at most', () => {
    const deployed = template()
      .ofType('AWS::Lambda::Function')
      .find(({ logicalId }) => logicalId === `${name}Function`);
    const file = join(template().assetPath(deployed?.properties.Code.S3Key ?? ''), 'index.mjs');
    expect(bundleOf(name).code.length).toBe(readFileSync(file).length);
    expect(bundleOf(name).code.length).toBeLessThanOrEqual(450_000);
  });

  test('has the client of the service that it uses, and no other', () => {
    const expected = { Discovery: [], Authorizer: ['@aws-sdk/client-secrets-manager'] }[name as string];
    const clients = [...packagesIn(name)].filter((each) => /^@aws-sdk\/(client|lib)-/.test(each));
    expect(clients.sort()).toEqual(expected ?? ['@aws-sdk/client-dynamodb', '@aws-sdk/lib-dynamodb']);
  });

  test('has the small zod, and none of its translations', () => {
    expect(packagesIn(name).has('zod')).toBe(true);
    expect(bundleOf(name).files.filter((file) => /zod\/v4\/(classic|locales)\/|zod\/v3\//.test(file))).toEqual([]);
  });

  test('imports nothing from outside when it is loaded but parts of Node', () => {
    const fromOutside = bundleOf(name).imports.filter(({ path }) => !path.startsWith('node:'));
    expect(fromOutside.filter(({ kind, path }) => kind !== 'dynamic-import' || !NEVER_LOADED.includes(path))).toEqual([]);
  });
});

test('what is left out of the bundles is something that the SDK would load', () => {
  const left = new Set(['Users', 'Authorizer'].flatMap((name) => bundleOf(name).imports.map(({ path }) => path)));
  expect(NEVER_LOADED.filter((path) => !left.has(path))).toEqual([]);
});
