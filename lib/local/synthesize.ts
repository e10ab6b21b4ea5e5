import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { text } from 'node:stream/consumers';
import { fileURLToPath } from 'node:url';
import { LocalError } from './local-error.ts';
import { readTemplate, type Template } from './template.ts';

const root = fileURLToPath(new URL('../../', import.meta.url));

interface SynthesizeOptions {
  /** See `RollcallStackProps`. */
  readonly baseUrl?: string;
  /** Ends it before it is done. */
  readonly signal?: AbortSignal;
}

/**
 * Runs the CDK app as the CDK's own command line does, and reads what it wrote into the folder. The CDK's rules for templates,
 * which take two seconds, are left to `cdk synth`.
 */
export async function synthesize(folder: string, { baseUrl, signal }: SynthesizeOptions = {}): Promise<Template> {
  const settings = JSON.parse(readFileSync(`${root}cdk.json`, 'utf8'));
  const app = spawn(process.execPath, ['bin/rollcall.ts'], {
    cwd: root,
    stdio: ['ignore', 'ignore', 'pipe'],
    env: {
      ...process.env,
      CDK_OUTDIR: folder,
      CDK_VALIDATION: 'false',
      CDK_CONTEXT_JSON: JSON.stringify({ ...settings.context, ...(baseUrl && { baseUrl }) }),
    },
    ...(signal && { signal }),
  });
  const [said, [code]] = await Promise.all([text(app.stderr), once(app, 'exit')]);
  if (code !== 0) throw new LocalError(`the CDK app failed:\n${said}`);
  return readTemplate(folder);
}
