import TestRunner from 'jest-runner';

/** The full names of the tests of each file that has run, and how many mutants it was the first to notice. */
const names = new Map();
const noticed = new Map();

/** Jest's own, except that it ends with the first file that fails, and passes over files that have no test of those asked for. */
// biome-ignore lint/style/noDefaultExport: Jest reads that one
export default class extends TestRunner {
  async runTests(tests, watcher, options) {
    let hasFailed = false;
    this.on('test-file-failure', () => {
      hasFailed = true;
    });
    this.on('test-file-success', ([{ path }, { testResults, numFailingTests }]) => {
      names.set(
        path,
        testResults.map(({ fullName }) => fullName),
      );
      if (numFailingTests > 0) {
        noticed.set(path, (noticed.get(path) ?? 0) + 1);
        hasFailed = true;
      }
    });

    const { testNamePattern } = this._globalConfig;
    const wanted = new RegExp(testNamePattern ?? '', 'i');
    const likely = tests
      .filter(({ path }) => names.get(path)?.some((name) => wanted.test(name)) ?? true)
      .sort((a, b) => (noticed.get(b.path) ?? 0) - (noticed.get(a.path) ?? 0));
    for (const test of likely) {
      if (hasFailed) return;
      await super.runTests([test], watcher, options);
    }
  }
}
