import { fileURLToPath } from 'node:url';
import { Architecture, LoggingFormat, Runtime, Tracing } from 'aws-cdk-lib/aws-lambda';
import { NodejsFunction, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';
import { LogGroup, RetentionDays } from 'aws-cdk-lib/aws-logs';
import { type CfnResource, Duration, RemovalPolicy } from 'aws-cdk-lib/core';
import { Construct } from 'constructs';

export interface ScimFunctionProps {
  /** Name of the entry point in `lambdas/`, without its ending. */
  readonly entry: string;
  /** What the function does, in a sentence. */
  readonly description: string;
  /**
   * Environment variables.
   *
   * @default - none
   */
  readonly environment?: Record<string, string>;
  /**
   * Memory in MB; processing power grows with it.
   *
   * @default 1024
   */
  readonly memorySize?: number;
}

const root = (path: string) => fileURLToPath(new URL(`../../${path}`, import.meta.url));

/** What the SDK's CommonJS parts need inside an ES module. */
const REQUIRE_BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** One Lambda function: an entry point, bundled with all that it uses. */
export class ScimFunction extends Construct {
  readonly function: NodejsFunction;
  /** Where it logs, a line of JSON a request. */
  readonly logGroup: LogGroup;

  constructor(scope: Construct, id: string, props: ScimFunctionProps) {
    super(scope, id);

    this.logGroup = new LogGroup(this, 'Logs', { retention: RetentionDays.ONE_MONTH, removalPolicy: RemovalPolicy.DESTROY });
    this.function = new NodejsFunction(this, 'Resource', {
      entry: root(`lambdas/${props.entry}.ts`),
      projectRoot: root('.'),
      depsLockFilePath: root('package-lock.json'),
      description: props.description,
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      memorySize: props.memorySize ?? 1024,
      // Below the 29 s of API Gateway, so that the answer is ours.
      timeout: Duration.seconds(28),
      tracing: Tracing.ACTIVE,
      logGroup: this.logGroup,
      loggingFormat: LoggingFormat.JSON,
      ...(props.environment && { environment: props.environment }),
      bundling: {
        format: OutputFormat.ESM,
        target: 'node24',
        minify: true,
        mainFields: ['module', 'main'],
        bundleAwsSDK: true,
        banner: REQUIRE_BANNER,
      },
    });
    (this.function.node.defaultChild as CfnResource).overrideLogicalId(`${id}Function`);
  }
}
