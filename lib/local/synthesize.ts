import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { LocalError } from './local-error.ts';
import { type Files, remembered, synthesisKey } from './synthesis-cache.ts';
import { readTemplate, type Template } from './template.ts';

interface SynthesizeOptions {
  /** What `-c key=value` would tell the CDK app, by key. */
  readonly context?: Readonly<Record<string, string>>;
  /** Ends it before it is done. */
  readonly signal?: AbortSignal;
  /** Folder of the CDK app; that of this file if absent. */
  readonly source?: string;
  /** Folder in which syntheses are kept; that of what `npm ci` takes away if absent. */
  readonly cache?: string;
}

const ours = fileURLToPath(new URL('../..', import.meta.url));

/** What the CDK's own command line adds, and refuses to find in `cdk.json`: `sam local` finds the code of a function by it. */
const FROM_COMMAND_LINE = { 'aws:cdk:enable-asset-metadata': true };

/**
 * Runs the CDK app as the CDK's own command line does, unless that was done before with the same sources, and reads what it wrote
 * into the folder. The CDK's rules for templates, which take two seconds, are left to `cdk synth`.
 */
export async function synthesize(
  folder: string,
  { context = {}, signal, source = ours, cache = join(source, 'node_modules/.cache/rollcall/synth') }: SynthesizeOptions = {},
): Promise<Template> {
  signal?.throwIfAborted();
  const settings = JSON.parse(readFileSync(join(source, 'cdk.json'), 'utf8'));
  const environment = {
    ...process.env,
    CDK_VALIDATION: 'false',
    CDK_CONTEXT_JSON: JSON.stringify({ ...settings.context, ...FROM_COMMAND_LINE, ...context }),
  };
  mkdirSync(folder, { recursive: true });
  const files = await remembered(
    cache,
    () => synthesisKey(source, environment),
    () => runApp(source, environment, folder, signal),
  );
  for (const [name, content] of files) {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), content);
  }
  return readTemplate(folder);
}

/** What the app writes, into a folder of its own, as others may be in the one that is given. */
async function runApp(source: string, environment: NodeJS.ProcessEnv, folder: string, signal?: AbortSignal): Promise<Files> {
  const output = mkdtempSync(join(folder, 'cdk.out-'));
  try {
    const app = spawn(process.execPath, ['bin/rollcall.ts'], {
      cwd: source,
      stdio: ['ignore', 'ignore', 'pipe'],
      env: { ...environment, CDK_OUTDIR: output },
      ...(signal && { signal }),
    });
    const [said, [code]] = await Promise.all([text(app.stderr), once(app, 'exit')]);
    if (code !== 0) throw new LocalError(`the CDK app failed:\n${said}`);
    return readFiles(output);
  } finally {
    // What the app had started may still be writing when it was told to end.
    rmSync(output, { recursive: true, force: true, maxRetries: 3 });
  }
}

const readFiles = (folder: string): Files =>
  new Map(
    readdirSync(folder, { recursive: true, withFileTypes: true })
      .filter((entry) => entry.isFile())
      .map(({ parentPath, name }) => join(parentPath, name))
      .map((file) => [relative(folder, file), readFileSync(file)]),
  );
