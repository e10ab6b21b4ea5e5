import { OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** What the SDK's CommonJS parts need inside an ES module. */
const REQUIRE_BANNER = "import{createRequire as __cr}from'node:module';const require=__cr(import.meta.url);";

/** How each function is bundled with all that it uses, the SDK included. */
export const BUNDLING = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  mainFields: ['module', 'main'],
  bundleAwsSDK: true,
  banner: REQUIRE_BANNER,
};
