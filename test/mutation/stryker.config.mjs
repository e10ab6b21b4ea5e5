import { resolve } from 'node:path';
import { synthesize } from '../../lib/local/synthesize.ts';

const kept = 'node_modules/.cache/stryker';
// The tests of discovery read the template.
process.env.TEST_CDK_OUT = resolve(kept, 'cdk.out');
await synthesize(process.env.TEST_CDK_OUT);

/** How `npm run mutation` changes the protocol, and which tests have to notice. */
// biome-ignore lint/style/noDefaultExport: Stryker reads that one
export default {
  // But for the schemas that are nothing but data, most of it descriptions: a test holds them against the RFC's own.
  mutate: ['lambdas/scim/**/*.ts', '!lambdas/scim/schemas/{user,group,enterprise-user,service-provider}.ts'],
  // Nobody looks at the types of what is mutated.
  disableTypeChecks: false,
  // Names no file on purpose: Stryker would read it with the compiler, in a way that TypeScript 7 no longer has.
  tsconfigFile: 'none',

  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  // Over what package.json says of Jest. There is no emulator, and what takes seconds is passed over.
  jest: {
    // Jest would look for them below `roots`, and not see those that reach the protocol through test/support.
    enableFindRelatedTests: false,
    config: {
      roots: ['<rootDir>/test/scim'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/test/scim/differential/',
        '<rootDir>/test/scim/properties.test.ts',
        '<rootDir>/test/scim/patch/properties.test.ts',
        '<rootDir>/test/scim/patch/many-values.test.ts',
      ],
      runner: '<rootDir>/test/mutation/runner.mjs',
      globalSetup: null,
      globalTeardown: null,
    },
  },
  concurrency: 1,

  // The copy that is mutated. Not below node_modules: Node takes the types out of no file there.
  tempDirName: '.stryker-tmp',
  cleanTempDir: 'always',
  ignorePatterns: ['cdk.out', 'docs', '.local', 'coverage'],

  reporters: ['progress-append-only', 'clear-text', 'html', 'json'],
  clearTextReporter: { allowColor: false, logTests: false, reportTests: false },
  htmlReporter: { fileName: `${kept}/mutation.html` },
  jsonReporter: { fileName: `${kept}/mutation.json` },
  incrementalFile: `${kept}/incremental.json`,
};
