import { type ApiMethod, type ApiResource, isVariable } from './api.ts';

export interface Match {
  readonly resource: ApiResource;
  readonly method: ApiMethod;
  /** As they were sent, percent-encoding and all. */
  readonly pathParameters: Readonly<Record<string, string>>;
}

/** Finds the resource and method of a path as API Gateway does: a literal part before a variable, a variable before a greedy one. */
export function route(root: ApiResource, httpMethod: string, path: string): Match | undefined {
  const found = descend(
    root,
    path.split('/').filter((part, i, parts) => i > 0 && !(part === '' && i === parts.length - 1)),
  );
  const method = found && (found.resource.methods.get(httpMethod) ?? found.resource.methods.get('ANY'));
  return found && method && { ...found, method };
}

type Found = Omit<Match, 'method'>;

function descend(resource: ApiResource, parts: readonly string[]): Found | undefined {
  const [part, ...rest] = parts;
  if (part === undefined) return resource.methods.size > 0 ? { resource, pathParameters: {} } : undefined;

  const literal = resource.children.find((child) => child.part === part);
  const below = literal && descend(literal, rest);
  if (below) return below;

  const variable = resource.children.find((child) => isVariable(child.part));
  if (!variable) return undefined;
  const name = variable.part.replace(/^\{|\+?\}$/g, '');
  // What API Gateway does with empty parts is not documented: here they reach a catch-all, and no other variable.
  if (variable.part.endsWith('+}')) return { resource: variable, pathParameters: { [name]: parts.join('/') } };
  if (part === '') return undefined;
  const found = descend(variable, rest);
  return found && { ...found, pathParameters: { [name]: part, ...found.pathParameters } };
}
