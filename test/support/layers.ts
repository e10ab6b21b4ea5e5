import { readdirSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/**
 * What each folder of `lambdas/` may import: other folders of it, packages (a `*` ends a prefix), and nothing else. Imports
 * point inwards: entry points, http, directory, scim; `store` implements what `directory` asks for, and
 * `log` is what lines of the log are made of.
 */
export const LAYERS: Readonly<Record<string, readonly string[]>> = {
  scim: [],
  directory: ['scim', 'node:crypto', 'node:timers/promises', 'p-map'],
  store: [
    ...['directory', 'scim', 'log', 'node:*', 'p-map'],
    ...['@aws-sdk/client-dynamodb', '@aws-sdk/credential-provider-env', '@aws-sdk/lib-dynamodb', '@smithy/core/retry'],
  ],
  log: ['node:util'],
  http: ['directory', 'scim', 'log', '@middy/core', 'zod/mini', 'aws-lambda'],
  auth: [
    ...['scim', 'log', 'node:crypto', 'node:timers/promises', 'zod/mini', 'aws-lambda'],
    ...['@aws-sdk/client-secrets-manager', '@aws-sdk/credential-provider-env'],
  ],
  '.': ['http', 'auth', 'store', 'scim'],
};

const IMPORT = /^(?:import|export)\s[^'"]*?from\s+['"]([^'"]+)['"]|^import\s+['"]([^'"]+)['"]|\bimport\(\s*['"]([^'"]+)['"]/gm;

/** The imports of a source file that its layer may not have. `file` is relative to the folder of the layers. */
export function forbiddenImports(file: string, source: string, layers = LAYERS): string[] {
  const layer = layerOf(file);
  const allowed = layers[layer];
  if (!allowed) return [`${file}: the folder ${layer} is no layer`];
  return [...source.matchAll(IMPORT)].flatMap(([, first, second, third]) => {
    const specifier = first ?? second ?? third ?? '';
    const target = specifier.startsWith('.') ? layerOf(join(dirname(file), specifier)) : specifier;
    const isAllowed =
      target === layer || allowed.some((name) => (name.endsWith('*') ? target.startsWith(name.slice(0, -1)) : target === name));
    return isAllowed ? [] : [`${file}: ${layer} must not import ${specifier}`];
  });
}

const layerOf = (file: string): string => (file.startsWith('..') ? file : file.includes('/') ? (file.split('/')[0] ?? '.') : '.');

/** Checks every source file below a folder. */
export function checkLayers(folder: string): string[] {
  return readdirSync(folder, { recursive: true, encoding: 'utf8' })
    .filter((file) => file.endsWith('.ts'))
    .flatMap((file) => forbiddenImports(file, readFileSync(join(folder, file), 'utf8')));
}
