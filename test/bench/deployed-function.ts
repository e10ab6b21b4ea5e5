import { codeOf, type FunctionCode, type Template } from '../../lib/local/template.ts';

/** A function as the template has it. */
export interface DeployedFunction extends FunctionCode {
  readonly variables: Readonly<Record<string, string>>;
}

/** The function of a logical id. Throws where the template has none. */
export function deployedFunction(template: Template, logicalId: string): DeployedFunction {
  const found = template.ofType('AWS::Lambda::Function').find((resource) => resource.logicalId === logicalId);
  if (!found) throw new Error(`the template has no function ${logicalId}`);
  return { ...codeOf(template, found), variables: found.properties.Environment?.Variables ?? {} };
}
