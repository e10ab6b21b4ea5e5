import { App } from 'aws-cdk-lib/core';
import { type RollcallContext, readContext } from '../lib/context.ts';
import { RollcallStack } from '../lib/rollcall-stack.ts';

const app = new App();

/** A wrong value is the operator's to mend: it takes a line, and no stack trace. */
function contextOrEnd(): RollcallContext {
  try {
    return readContext(app.node.getAllContext());
  } catch (error) {
    if (!(error instanceof RangeError)) throw error;
    process.stderr.write(`${error.message}\n`);
    process.exit(1);
  }
}

new RollcallStack(app, 'Rollcall', { description: 'Rollcall: a SCIM 2.0 service', context: contextOrEnd() });
