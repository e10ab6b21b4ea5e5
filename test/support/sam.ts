import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { APIGatewayProxyEvent } from 'aws-lambda';
import { readTemplate } from '../../lib/local/template.ts';

/*
 * What `sam local` reads of a template that the CDK has synthesized: where SAM CLI has it from is named beside each.
 */

/** The parts of a CloudFormation resource that are looked at as they stand, its intrinsic functions not resolved. */
export interface RawResource {
  readonly Type: string;
  readonly Properties: Readonly<Record<string, unknown>>;
  readonly Metadata?: Readonly<Record<string, unknown>>;
}

/** Every resource of the stack that was synthesized into a folder, by its logical id. */
export const rawResources = (folder: string): Readonly<Record<string, RawResource>> =>
  JSON.parse(readFileSync(join(folder, 'Rollcall.template.json'), 'utf8')).Resources;

/** A function as `sam local invoke` runs it (samcli/lib/providers/sam_function_provider.py). */
export interface SamFunction {
  readonly logicalId: string;
  readonly handler: string;
  readonly runtime: string;
  readonly timeoutSeconds: number;
  readonly memorySize: number;
  readonly logFormat: string;
  /** The lowest level of the console that is logged. */
  readonly logLevel: string;
  readonly variables: Readonly<Record<string, string>>;
  /** The folder of its code, out of the metadata of its asset (samcli/lib/samlib/resource_metadata_normalizer.py). */
  readonly codePath: string;
}

/** The functions of the stack that was synthesized into a folder. Throws for one without the metadata of an asset. */
export function samFunctions(folder: string): ReadonlyMap<string, SamFunction> {
  const raw = rawResources(folder);
  const found = readTemplate(folder).ofType('AWS::Lambda::Function');
  return new Map(
    found.map(({ logicalId, properties }) => {
      const { Handler, Runtime, Timeout, MemorySize, LoggingConfig, Environment } = properties;
      const path = raw[logicalId]?.Metadata?.['aws:asset:path'];
      if (typeof path !== 'string') throw new Error(`${logicalId} has no aws:asset:path`);
      const settings = { handler: Handler, runtime: Runtime, timeoutSeconds: Timeout, memorySize: MemorySize };
      const log = { logFormat: LoggingConfig.LogFormat, logLevel: LoggingConfig.ApplicationLogLevel };
      const variables = Environment?.Variables ?? {};
      return [logicalId, { logicalId, ...settings, ...log, variables, codePath: join(folder, path) }];
    }),
  );
}

/** Values for variables by the logical ids of functions, as `--env-vars` takes them. */
export type EnvVars = Readonly<Record<string, Readonly<Record<string, string>>>>;

/** The variables that a function gets: those that the template declares, and no others (samcli/local/lambdafn/env_vars.py). */
export const samVariables = ({ logicalId, variables }: SamFunction, envVars: EnvVars): Record<string, string> =>
  Object.fromEntries(Object.entries(variables).map(([name, value]) => [name, envVars[logicalId]?.[name] ?? value]));

const EVENTS = 'test/events';

/** What stands in `test/events/env.json`. */
export const sampleEnvVars = (): EnvVars => JSON.parse(readFileSync(join(EVENTS, 'env.json'), 'utf8'));

/** The names of the events in `test/events/`, without their ending. */
export const sampleNames: readonly string[] = readdirSync(EVENTS)
  .map((file) => file.replace(/\.json$/, ''))
  .filter((name) => name !== 'env');

/** An event of `test/events/`; that of an authorizer has no body, and more beside. */
export const sampleEvent = (name: string): APIGatewayProxyEvent => JSON.parse(readFileSync(join(EVENTS, `${name}.json`), 'utf8'));

const SERVED_BY: Readonly<Record<string, string>> = {
  authorizer: 'AuthorizerFunction',
  bulk: 'BulkFunction',
  discovery: 'DiscoveryFunction',
  groups: 'GroupsFunction',
  roles: 'EntitlementsFunction',
  users: 'UsersFunction',
};

/** The logical id of the function that an event of `test/events/` is for, by what its name begins with. */
export function functionOfSample(name: string): string {
  const logicalId = SERVED_BY[name.split('-')[0] ?? ''];
  if (!logicalId) throw new Error(`test/events/${name}.json: expected a name that begins with one of ${Object.keys(SERVED_BY).join(', ')}`);
  return logicalId;
}
