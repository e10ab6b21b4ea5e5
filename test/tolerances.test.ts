import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from '@jest/globals';

const read = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), 'utf8');

/** The functions that stand in the last column of the tables of what clients send. */
const listed = ['docs/okta.md', 'docs/entra.md'].flatMap((path) => {
  const [, tolerated = ''] = read(path).split('## What is tolerated');
  return [...tolerated.matchAll(/\| `(\w+)` \|$/gm)].map(([, name]) => name);
});

const sources = readdirSync(new URL('../lambdas', import.meta.url), { recursive: true, encoding: 'utf8' }).filter((path) =>
  path.endsWith('.ts'),
);

/** The functions of some modules, each with the comment before it. */
const functionsIn = (paths: readonly string[]) =>
  paths.flatMap((path) =>
    [...read(`lambdas/${path}`).matchAll(/(\/\*\*(?:(?!\*\/).)*\*\/)\n(?:export )?(?:function|const) (\w+)/gs)].map(
      ([, comment, name]) => ({
        name,
        comment,
        path,
      }),
    ),
  );

const tolerances = functionsIn(sources.filter((path) => path.endsWith('tolerances.ts'))).filter(({ name, path }) =>
  new RegExp(`export (function|const) ${name}\\b`).test(read(`lambdas/${path}`)),
);

test.each(tolerances)('$name names its client, and docs/okta.md or docs/entra.md lists it', ({ name, comment }) => {
  expect(comment).toMatch(/Okta|Entra ID|Ory Polis|SCIMMY/);
  expect(listed).toContain(name);
});

test.each([...new Set(listed)].map((name) => ({ name })))(
  '$name, which the tables list, is a function that names its client',
  ({ name }) => {
    const found = functionsIn(sources).filter((one) => one.name === name);
    expect(found).toEqual([{ name, path: expect.any(String), comment: expect.stringMatching(/Okta|Entra ID|Ory Polis|SCIMMY/) }]);
  },
);
