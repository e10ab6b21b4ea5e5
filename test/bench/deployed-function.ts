import { join } from 'node:path';
import type { Template } from '../../lib/local/template.ts';

/** A function as the template has it. */
export interface DeployedFunction {
  /** The file of its bundle. */
  readonly file: string;
  /** What the bundle exports as its handler. */
  readonly handlerName: string;
  readonly variables: Readonly<Record<string, string>>;
}

/** The function of a logical id. Throws where the template has none. */
export function deployedFunction(template: Template, logicalId: string): DeployedFunction {
  const found = template.ofType('AWS::Lambda::Function').find((resource) => resource.logicalId === logicalId);
  if (!found) throw new Error(`the template has no function ${logicalId}`);
  const { Handler, Code, Environment } = found.properties;
  const [module = '', handlerName = ''] = Handler.split('.');
  return { file: join(template.assetPath(Code.S3Key), `${module}.mjs`), handlerName, variables: Environment?.Variables ?? {} };
}
