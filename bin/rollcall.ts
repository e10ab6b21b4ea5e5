import { App } from 'aws-cdk-lib/core';
import { RollcallStack } from '../lib/rollcall-stack.ts';

const app = new App();
const baseUrl: string | undefined = app.node.tryGetContext('baseUrl');
new RollcallStack(app, 'Rollcall', { description: 'Rollcall: a SCIM 2.0 service', ...(baseUrl && { baseUrl }) });
