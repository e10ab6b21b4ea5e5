import { typesOnSharedRoute } from '../../lambdas/scim/schemas/registry.ts';
import { settingsOf } from '../../lambdas/scim/schemas/settings.ts';
import { dynamoStore } from '../../lambdas/store/dynamo-store.ts';
import type { Deployment } from './deployment.ts';
import { type ImportOptions, type ImportReport, importEntitlements } from './import-entitlements.ts';
import { requireActive, scopeOf } from './rows.ts';

/** Makes what can be granted in a directory what a catalogue says: see `importEntitlements`. */
export async function importCatalogue(
  deployment: Deployment,
  directory: string,
  catalogue: unknown,
  options: ImportOptions,
): Promise<ImportReport> {
  const { settings } = await requireActive(deployment, directory);
  const whole = {
    ...scopeOf(directory),
    settings: settingsOf(settings),
    scopes: ['application'] as const,
    store: dynamoStore(deployment.table),
  };
  return importEntitlements(whole, typesOnSharedRoute, catalogue, options);
}
