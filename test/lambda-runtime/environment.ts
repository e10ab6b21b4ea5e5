import { spawn } from 'node:child_process';
import { once } from 'node:events';
import type { Readable } from 'node:stream';
import { fileURLToPath } from 'node:url';
import type { Outcome } from '../../lib/local/function-environment.ts';
import type { SamFunction } from '../support/sam.ts';
import type { LambdaError } from './event-queue.ts';
import { keepLog, type Log } from './log.ts';
import { startRuntimeApi } from './runtime-api.ts';

/** One environment of a function: a process in which Lambda's own runtime client runs the bundle that would be deployed. */
export interface Environment extends AsyncDisposable {
  /** It has started, and waits for an event; or it has ended before that. */
  readonly ready: Promise<void>;
  /** One event at a time; what comes meanwhile waits. */
  invoke(event: unknown): Promise<Outcome>;
  readonly log: Log;
  /** What it reported of its start, if that failed. */
  initError(): LambdaError | undefined;
  /** The process has ended, with this code or by this signal. */
  readonly ended: Promise<{ readonly code: number | null; readonly signal: string | null }>;
  readonly pid: number;
}

export interface EnvironmentOptions {
  readonly function: SamFunction;
  /** Every variable that is the function's own. */
  readonly variables: Readonly<Record<string, string>>;
  /** How long an event may take, if not as long as the template says. */
  readonly timeoutMs?: number;
}

const RUNTIME = fileURLToPath(new URL('node_modules/aws-lambda-ric/index.mjs', import.meta.url));
const REGION = 'us-east-1';

/** Starts an environment, which begins to load its bundle at once. */
export async function startEnvironment({
  function: it,
  variables,
  timeoutMs = it.timeoutSeconds * 1_000,
}: EnvironmentOptions): Promise<Environment> {
  const api = await startRuntimeApi({
    functionArn: `arn:aws:lambda:${REGION}:123456789012:function:${it.logicalId}`,
    timeoutMs,
    kill: () => runtime.kill('SIGKILL'),
  });
  const runtime = spawn(process.execPath, [RUNTIME, it.handler], {
    cwd: it.codePath,
    stdio: ['ignore', 'pipe', 'pipe', 'pipe'],
    // Nothing of this process's own: a proxy, a profile or a region would make another function of it.
    env: { ...reserved(it), ...variables, AWS_LAMBDA_RUNTIME_API: api.address },
  });
  const [, stdout, stderr, console] = runtime.stdio as Readable[] as [null, Readable, Readable, Readable];
  const log = keepLog({ stdout, stderr, console });
  const ended = once(runtime, 'close').then(([code, signal]: (number | string | null)[]) => {
    api.ended(signal === null ? `with exit status ${code}` : `by ${signal}`);
    return { code: code as number | null, signal: signal as string | null };
  });
  return {
    ready: api.ready,
    invoke: api.invoke,
    log,
    initError: api.initError,
    ended,
    pid: runtime.pid ?? 0,
    async [Symbol.asyncDispose]() {
      runtime.kill('SIGKILL');
      await ended;
      await api[Symbol.asyncDispose]();
    },
  };
}

/** The variables that Lambda itself sets. */
const reserved = ({ logicalId, handler, memorySize, runtime, logFormat, logLevel, codePath }: SamFunction) => ({
  _HANDLER: handler,
  _LAMBDA_TELEMETRY_LOG_FD: '3',
  AWS_ACCESS_KEY_ID: 'local',
  AWS_SECRET_ACCESS_KEY: 'local',
  AWS_SESSION_TOKEN: 'local',
  AWS_REGION: REGION,
  AWS_DEFAULT_REGION: REGION,
  AWS_EXECUTION_ENV: `AWS_Lambda_${runtime}`,
  AWS_LAMBDA_FUNCTION_NAME: logicalId,
  AWS_LAMBDA_FUNCTION_VERSION: '$LATEST',
  AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(memorySize),
  AWS_LAMBDA_INITIALIZATION_TYPE: 'on-demand',
  AWS_LAMBDA_LOG_FORMAT: logFormat,
  AWS_LAMBDA_LOG_LEVEL: logLevel,
  AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${logicalId}`,
  AWS_LAMBDA_LOG_STREAM_NAME: '2026/11/22/[$LATEST]0123456789abcdef0123456789abcdef',
  LAMBDA_TASK_ROOT: codePath,
  LANG: 'en_US.UTF-8',
  PATH: '/var/lang/bin:/usr/local/bin:/usr/bin/:/bin:/opt/bin',
  TZ: ':UTC',
});
