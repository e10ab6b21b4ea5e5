import { randomUUID } from 'node:crypto';
import { pathToFileURL } from 'node:url';
import { Worker } from 'node:worker_threads';
import type { Invocation, Outcome } from './function-environment.ts';
import { codeOf, PSEUDO, type Template, type TemplateResource } from './template.ts';

/** Invokes a function by its logical id. */
export type Invoke = (functionId: string, event: unknown) => Promise<Outcome>;

export interface LambdaFunctions extends AsyncDisposable {
  readonly invoke: Invoke;
}

/** How many environments one function may have at once; what comes then waits. */
const MAX_ENVIRONMENTS = 10;

/** Where what functions log is written. Not standard output: that belongs to what the user asked for. */
type Log = (text: string) => void;

/** Runs every function of a template, each in environments of its own, which have one event at a time. */
export function startFunctions(
  template: Template,
  endpoints: Readonly<Record<string, string>>,
  log: Log = (text) => process.stderr.write(text),
): LambdaFunctions {
  const functions = new Map(
    template.ofType('AWS::Lambda::Function').map((resource) => [resource.logicalId, pool(template, resource, endpoints, log)]),
  );
  return {
    invoke: (functionId, event) => {
      const found = functions.get(functionId);
      if (!found) throw new Error(`the template has no function ${functionId}`);
      return found.invoke(event);
    },
    async [Symbol.asyncDispose]() {
      await Promise.all([...functions.values()].map((each) => each[Symbol.asyncDispose]()));
    },
  };
}

type FunctionResource = TemplateResource<'AWS::Lambda::Function'>;

interface Pool extends AsyncDisposable {
  invoke(event: unknown): Promise<Outcome>;
}

function pool(template: Template, resource: FunctionResource, endpoints: Readonly<Record<string, string>>, log: Log): Pool {
  const { logicalId, properties } = resource;
  const { root, file, handlerName } = codeOf(template, resource);
  const start = () =>
    new Worker(new URL('./function-environment.ts', import.meta.url), {
      workerData: { file: pathToFileURL(file).href, handlerName },
      env: { ...lambdaEnvironment(logicalId, properties), LAMBDA_TASK_ROOT: root, ...properties.Environment?.Variables, ...endpoints },
      execArgv: ['--disable-warning=ExperimentalWarning'],
      resourceLimits: { maxOldGenerationSizeMb: properties.MemorySize },
      stdout: true,
      stderr: true,
    });

  const environments = keepEnvironments(logicalId, start, log);
  return {
    async invoke(event) {
      const worker = await environments.acquire();
      const outcome = await runIn(worker, { event, requestId: randomUUID(), deadline: Date.now() + properties.Timeout * 1_000 });
      if ('errorType' in outcome && outcome.errorType.startsWith('Sandbox.')) {
        log(`${outcome.errorType}: ${outcome.errorMessage}\n`);
        environments.discard(worker);
      } else environments.release(worker);
      return outcome;
    },
    [Symbol.asyncDispose]: environments.end,
  };
}

/** The environments of one function: an idle one for each event, a new one where none is, and a queue where there are too many. */
function keepEnvironments(name: string, start: () => Worker, log: Log) {
  const idle: Worker[] = [];
  const all = new Set<Worker>();
  const waiting: ((worker: Worker) => void)[] = [];

  const launch = () => {
    const worker = start();
    for (const output of [worker.stdout, worker.stderr]) output.on('data', (text) => log(String(text)));
    worker.on('error', (error) => log(`${name}: ${error.message}\n`)).on('exit', () => forget(worker));
    all.add(worker);
    return worker;
  };
  const forget = (worker: Worker) => {
    all.delete(worker);
    if (idle.includes(worker)) idle.splice(idle.indexOf(worker), 1);
  };
  return {
    async acquire(): Promise<Worker> {
      const free = idle.pop();
      if (free) return free;
      return all.size < MAX_ENVIRONMENTS ? launch() : new Promise((resolve) => waiting.push(resolve));
    },
    release(worker: Worker) {
      const next = waiting.shift();
      if (next) next(worker);
      else idle.push(worker);
    },
    discard(worker: Worker) {
      forget(worker);
      void worker.terminate();
      waiting.shift()?.(launch());
    },
    async end() {
      await Promise.all([...all].map((worker) => worker.terminate()));
    },
  };
}

/** One event in one environment. An environment that exits, or takes longer than it may, is of no further use. */
function runIn(worker: Worker, invocation: Invocation): Promise<Outcome> {
  return new Promise((resolve) => {
    const failed = (errorMessage: string) => settle({ errorType: 'Sandbox.Failed', errorMessage });
    const onError = (error: Error) => failed(error.message);
    const onExit = () => failed('the environment exited');
    const timer = setTimeout(() => failed('Task timed out'), invocation.deadline - Date.now());
    const settle = (outcome: Outcome) => {
      clearTimeout(timer);
      worker.off('message', settle).off('error', onError).off('exit', onExit);
      resolve(outcome);
    };
    worker.once('message', settle).once('error', onError).once('exit', onExit);
    worker.postMessage(invocation);
  });
}

/** What Lambda itself sets; the credentials are for the local endpoints alone. */
const lambdaEnvironment = (logicalId: string, { Handler, MemorySize }: FunctionResource['properties']) => ({
  _HANDLER: Handler,
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: 'local',
  AWS_REGION: PSEUDO['AWS::Region'],
  AWS_DEFAULT_REGION: PSEUDO['AWS::Region'],
  AWS_EXECUTION_ENV: 'AWS_Lambda_nodejs24.x',
  AWS_LAMBDA_FUNCTION_NAME: logicalId,
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(MemorySize),
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${logicalId}`,
  AWS_LAMBDA_LOG_STREAM_NAME: 'local',
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  LANG: 'en_US.UTF-8',
  TZ: ':UTC',
});
