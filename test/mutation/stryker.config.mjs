/** How `npm run mutation` changes the protocol, and which tests have to notice. */
// biome-ignore lint/style/noDefaultExport: Stryker reads that one
export default {
  mutate: ['lambdas/scim/**/*.ts'],
  // Nobody looks at the types of what is mutated.
  disableTypeChecks: false,
  // Names no file on purpose: Stryker would read it with the compiler, in a way that TypeScript 7 no longer has.
  tsconfigFile: 'none',

  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  coverageAnalysis: 'perTest',
  // Over what package.json says of Jest. The tests that are left need neither the emulator nor the template, and no time to speak of.
  jest: {
    // Jest would look for them below `roots`, and not see those that reach the protocol through test/support.
    enableFindRelatedTests: false,
    config: {
      roots: ['<rootDir>/test/scim'],
      testPathIgnorePatterns: [
        '/node_modules/',
        '<rootDir>/test/scim/differential/',
        '<rootDir>/test/scim/discovery.test.ts',
        '<rootDir>/test/scim/properties.test.ts',
        '<rootDir>/test/scim/rfc/rfc7643-8.7-schemas.test.ts',
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
  htmlReporter: { fileName: 'node_modules/.cache/stryker/mutation.html' },
  jsonReporter: { fileName: 'node_modules/.cache/stryker/mutation.json' },
  incrementalFile: 'node_modules/.cache/stryker/incremental.json',
};
