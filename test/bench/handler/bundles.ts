import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import type { APIGatewayProxyEvent, APIGatewayProxyResult, Context } from 'aws-lambda';
import type { Template } from '../../../lib/local/template.ts';
import { bundle } from '../../support/bundle.ts';
import { deployedFunction } from '../deployed-function.ts';
import type * as BareClient from './bare-client.ts';

export type Handler = (event: APIGatewayProxyEvent, context: Context) => Promise<APIGatewayProxyResult>;

/** The handler of a function of the template, out of the bundle that would be deployed. */
export async function importHandler(template: Template, functionId: string): Promise<Handler> {
  const { file, handlerName } = deployedFunction(template, functionId);
  const bundle = (await import(pathToFileURL(file).href)) as Record<string, Handler>;
  const handler = bundle[handlerName];
  if (!handler) throw new Error(`the bundle of ${functionId} exports no ${handlerName}`);
  return handler;
}

/** The bare client, bundled as the functions are. */
export async function importBareClient(folder: string): Promise<typeof BareClient> {
  const { code } = await bundle({ source: "export * from '../test/bench/handler/bare-client.ts'" });
  const file = join(folder, 'bare-client.mjs');
  writeFileSync(file, code);
  return import(pathToFileURL(file).href);
}
