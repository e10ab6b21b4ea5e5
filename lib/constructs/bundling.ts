import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** What the SDK's CommonJS parts need inside an ES module. */
const REQUIRE_BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/**
 * What the SDK imports only when it needs it, which is never in a Lambda function: credentials from anywhere but the environment, where
 * Lambda puts them and the functions' clients look alone, and streams of events, which neither service has. Bundled, they would be more than a third of the SDK, and
 * would keep what they share with it from being tree-shaken.
 */
export const NEVER_LOADED: readonly string[] = [
  ...['http', 'ini', 'process', 'sso', 'web-identity'].map((source) => `@aws-sdk/credential-provider-${source}`),
  '@smithy/credential-provider-imds',
  '@smithy/core/event-streams',
];

/** How the code of every function becomes one file, with the SDK in it: what is not said to be external is bundled. */
export const BUNDLING = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  banner: REQUIRE_BANNER,
  externalModules: [...NEVER_LOADED],
} as const satisfies BundlingOptions;
