import { App } from 'aws-cdk-lib/core';
import { RollcallStack } from '../lib/rollcall-stack.ts';

const app = new App();
new RollcallStack(app, 'Rollcall', { description: 'Rollcall: a SCIM 2.0 service' });
