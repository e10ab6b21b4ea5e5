import { Stack, type StackProps } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';
import type { RollcallContext } from './context.ts';
import { propsFromContext } from './props-from-context.ts';
import { Rollcall } from './rollcall.ts';

export interface RollcallStackProps extends StackProps {
  /**
   * What the CDK app was told.
   *
   * @default - nothing: every setting as `RollcallProps` has it
   */
  readonly context?: RollcallContext;
}

/** The service in a stack of its own, as context keys have it. */
export class RollcallStack extends Stack {
  constructor(scope: Construct, id: string, { context = {}, ...props }: RollcallStackProps = {}) {
    super(scope, id, props);
    // By this name the CDK leaves it out of the logical ids of what is in it.
    new Rollcall(this, 'Default', propsFromContext(this, context));
  }
}
