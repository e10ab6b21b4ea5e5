import { closeSync, openSync, writeSync } from 'node:fs';
import { devNull } from 'node:os';
import type { APIGatewayProxyResult, Context } from 'aws-lambda';
import { LOCAL_CREDENTIALS } from '../../../lib/local/table.ts';
import type { Template } from '../../../lib/local/template.ts';
import type { TestRequest } from '../../support/events.ts';
import { importHandler } from './bundles.ts';

/** Has a request answered by the function that it is for. Throws where the answer is of another status than it should be. */
export type Answering = (request: TestRequest, status: number) => Promise<() => Promise<APIGatewayProxyResult>>;

/** Where functions have their table: at a port of this machine. */
interface Place {
  readonly port: number;
  readonly table: string;
}

/** Makes this process one in which functions of the template can run. */
export async function functionsOf(template: Template, folder: string, { port, table }: Place): Promise<Answering> {
  const { region, credentials } = LOCAL_CREDENTIALS;
  const variables = template.ofType('AWS::Lambda::Function').map(({ properties }) => properties.Environment?.Variables);
  Object.assign(process.env, ...variables, {
    TABLE_NAME: table,
    AWS_REGION: region,
    AWS_ACCESS_KEY_ID: credentials.accessKeyId,
    AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
    // Lambda's credentials always have one, which is signed too.
    AWS_SESSION_TOKEN: 'local',
    AWS_ENDPOINT_URL_DYNAMODB: `http://127.0.0.1:${port}`,
    // What makes events of requests reads the template there.
    TEST_CDK_OUT: folder,
  });
  const { eventOf, functionOf } = await import('../../support/events.ts');
  return async (request, status) => {
    const handler = await importHandler(template, functionOf(request));
    const event = eventOf(request);
    return async () => {
      const result = await handler(event, { getRemainingTimeInMillis: () => 28_000 } as Context);
      if (result.statusCode === status) return result;
      throw new Error(`${event.httpMethod} ${event.path} was answered ${result.statusCode}: ${result.body}`);
    };
  };
}

/** What functions log goes nowhere, as fast as it goes into Lambda's pipe: neither is it shown, nor does it cost nothing. */
export function muteOutput(): Disposable {
  const { write } = process.stdout;
  const nowhere = openSync(devNull, 'w');
  process.stdout.write = (text: string | Uint8Array) => writeSync(nowhere, text as string) > 0;
  return {
    [Symbol.dispose]() {
      process.stdout.write = write;
      closeSync(nowhere);
    },
  };
}
