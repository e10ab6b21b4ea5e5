import { Stack, Token } from 'aws-cdk-lib/core';
import type { Construct } from 'constructs';

/** Text with what only a deployment knows written as cdk-nag writes it in the ids of its findings: `<AWS::Region>`. */
export function withPseudoParameters(scope: Construct, text: string): string {
  const { partition, region, account } = Stack.of(scope);
  return Object.entries({ Partition: partition, Region: region, AccountId: account })
    .filter(([, value]) => Token.isUnresolved(value))
    .reduce((shown, [name, value]) => shown.replaceAll(value, `<AWS::${name}>`), text);
}
