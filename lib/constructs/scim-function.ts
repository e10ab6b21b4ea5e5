import { fileURLToPath } from 'node:url';
import { Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import {
  Alias,
  ApplicationLogLevel,
  Architecture,
  type IFunction,
  LoggingFormat,
  Runtime,
  SystemLogLevel,
  Tracing,
} from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction } from 'aws-cdk-lib/aws-lambda-nodejs';
import { type CfnResource, Duration, Stack, Validations } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';
import { BUNDLING } from './bundling.ts';
import { type LogSettings, ServiceLog } from './service-log.ts';

/** What is the same for every function of a stack. */
export interface FunctionSettings extends LogSettings {
  /**
   * How many environments are kept ready; they cost by the hour.
   *
   * @default - none
   */
  readonly provisionedConcurrency?: number;
}

export interface ScimFunctionProps extends FunctionSettings {
  /** Name of the entry point in `lambdas/`, without its ending. */
  readonly entry: string;
  /** What the function does, in a sentence. */
  readonly description: string;
  /**
   * Environment variables.
   *
   * @default - none but STACK_NAME
   */
  readonly environment?: Record<string, string>;
  /** Memory in MB; processing power grows with it. */
  readonly memorySize: number;
}

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** One Lambda function: an entry point, bundled with all that it uses, with a log and a role of its own. */
export class ScimFunction extends Construct {
  readonly function: NodejsFunction;
  /** What is to be called: the function, or its version that is kept ready. */
  readonly target: IFunction;
  /** Where it logs, a line of JSON a request. */
  readonly logGroup: ServiceLog;

  constructor(scope: Construct, id: string, props: ScimFunctionProps) {
    super(scope, id);
    const { entry, description, environment, memorySize, logRetention, provisionedConcurrency } = props;

    this.logGroup = new ServiceLog(this, 'Logs', { logRetention });
    const role = new Role(this, 'Role', { assumedBy: new ServicePrincipal('lambda.amazonaws.com') });
    this.logGroup.grantWrite(role);
    this.function = new NodejsFunction(this, 'Resource', {
      entry: root(`lambdas/${entry}.ts`),
      projectRoot: root('.'),
      depsLockFilePath: root('package-lock.json'),
      description,
      role,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize,
      // Below the 29 s of API Gateway, so that the answer is ours.
      timeout: Duration.seconds(28),
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      applicationLogLevelV2: ApplicationLogLevel.INFO,
      // Lambda's own three lines of each invocation would cost more than ours; what fails is told at this level too.
      systemLogLevelV2: SystemLogLevel.WARN,
      environment: { STACK_NAME: Stack.of(this).stackName, ...environment },
      bundling: BUNDLING,
    });
    (this.function.node.defaultChild as CfnResource).overrideLogicalId(`${id}Function`);
    Validations.of(role).acknowledge({
      id: 'AwsSolutions-IAM5[Resource::*]',
      reason: 'X-Ray takes traces from whoever may send them: its actions know no resource.',
    });

    this.target = provisionedConcurrency
      ? new Alias(this, 'Ready', {
          aliasName: 'ready',
          version: this.function.currentVersion,
          provisionedConcurrentExecutions: provisionedConcurrency,
        })
      : this.function;
  }
}
