import type { APIGatewayProxyEvent } from 'aws-lambda';
import type { ScimRequest } from './request.ts';
import type { ScimResponse } from './response.ts';

export type Route = (request: ScimRequest) => Promise<ScimResponse>;

/** Routes by method and path below the base URL, as API Gateway names them: `PATCH /Users/{id}`. */
export type Routes = Readonly<Record<string, Route>>;

/** A path below the base URL as API Gateway names it, and the path parameters as they were sent. */
export interface Place {
  readonly path: string;
  readonly params: Readonly<Record<string, string>>;
}

/** Where the directory's base URL ends in the resource paths of the API. */
const BASE = '/{directory}/scim/v2';

/** The variable that stands for the endpoint of any resource type that has no resource of the API to itself. */
const TYPE = '{type}';

/**
 * Where an event belongs. API Gateway has found that out, but for two kinds of paths, which are looked up among the routes: one that
 * names a resource type by a variable, and one with a slash too many (a base URL that was typed with one at its end). That comes by
 * way of a catch-all, or with an empty parameter, and is looked up without it.
 */
export function placeOf(routes: Routes, event: APIGatewayProxyEvent): Place {
  const { resource } = event;
  const { directory: _, ...rest } = event.pathParameters ?? {};
  const params = Object.fromEntries(Object.entries(rest).map(([name, value]) => [name, value ?? '']));
  const isExact = !resource.endsWith('{proxy+}') && !resource.includes(TYPE) && Object.values(params).every((value) => value !== '');
  if (isExact) return { path: resource.startsWith(BASE) ? resource.slice(BASE.length) : '', params };

  const [, scim, v2, ...below] = partsOf(event);
  const pattern = scim === 'scim' && v2 === 'v2' ? pathsOf(routes).find((candidate) => matches(candidate, below)) : undefined;
  return pattern === undefined ? { path: '', params } : { path: pattern, params: paramsOf(pattern, below) };
}

/** The parts of an event's path from the directory on, without the empty ones: its resource, with what stood for the variables. */
export const partsOf = ({ resource, pathParameters }: APIGatewayProxyEvent): string[] =>
  resource
    .replaceAll(/\{(\w+)\+?\}/g, (_, name: string) => pathParameters?.[name] ?? '')
    .split('/')
    .filter((part) => part !== '');

/** The methods that a path has. */
export const methodsAt = (routes: Routes, path: string): string[] =>
  Object.keys(routes).flatMap((key) => (key.endsWith(` ${path}`) ? [key.slice(0, key.indexOf(' '))] : []));

/** Every path, those with fewer variable parts first: `/Users/.search` is no id. */
const pathsOf = (routes: Routes): string[] =>
  [...new Set(Object.keys(routes).map((key) => key.slice(key.indexOf(' ') + 1)))].sort((a, b) => variables(a) - variables(b));

const variables = (path: string): number => path.split('{').length;

const isVariable = (part: string): boolean => part.startsWith('{');

function matches(pattern: string, parts: readonly string[]): boolean {
  const wanted = pattern.split('/').slice(1);
  return wanted.length === parts.length && wanted.every((part, i) => isVariable(part) || part === parts[i]);
}

const paramsOf = (pattern: string, parts: readonly string[]): Record<string, string> =>
  Object.fromEntries(
    pattern
      .split('/')
      .slice(1)
      .flatMap((part, i) => (isVariable(part) ? [[part.slice(1, -1), parts[i] ?? '']] : [])),
  );
