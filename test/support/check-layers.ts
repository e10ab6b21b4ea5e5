import { fileURLToPath } from 'node:url';
import { checkLayers } from './layers.ts';

const problems = checkLayers(fileURLToPath(new URL('../../lambdas', import.meta.url)));
for (const problem of problems) console.error(problem);
process.exitCode = problems.length > 0 ? 1 : 0;
