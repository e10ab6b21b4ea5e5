import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { build } from 'esbuild';
import { BUNDLING } from '../../lib/constructs/bundling.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));

export interface Bundle {
  readonly code: Uint8Array;
  /** The files that something of is in it, relative to the root. */
  readonly files: readonly string[];
  /** What is imported when it runs. */
  readonly imports: readonly { readonly path: string; readonly kind: string }[];
}

/** An entry point of `lambdas/`, without its ending, or some source that stands there. */
export type Input = { readonly entry: string } | { readonly source: string };

/** Bundles as the stack does (`bundling.test.ts` compares the two), or else with more or less left out. */
export async function bundle(input: Input, external: readonly string[] = BUNDLING.externalModules): Promise<Bundle> {
  const { outputFiles, metafile } = await build({
    ...('entry' in input
      ? { entryPoints: [`lambdas/${input.entry}.ts`] }
      : { stdin: { contents: input.source, resolveDir: join(root, 'lambdas') } }),
    absWorkingDir: root,
    outfile: 'index.mjs',
    write: false,
    metafile: true,
    bundle: true,
    platform: 'node',
    format: BUNDLING.format,
    target: BUNDLING.target,
    minify: BUNDLING.minify,
    mainFields: [...BUNDLING.mainFields],
    banner: { js: BUNDLING.banner },
    external: [...external],
  });
  const { inputs = {}, imports = [] } = Object.values(metafile.outputs)[0] ?? {};
  const files = Object.entries(inputs).flatMap(([file, { bytesInOutput }]) => (bytesInOutput > 0 ? [file] : []));
  return { code: outputFiles[0]?.contents ?? new Uint8Array(), files, imports };
}
