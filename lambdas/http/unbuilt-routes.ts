import { ScimError } from '../scim/errors.ts';
import type { Route, Routes } from './scim-handler.ts';

/** Every method that an HTTP client of this service may come with. */
export const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

export const notBuilt: Route = async () => {
  throw new ScimError(501, 'This is not implemented');
};

/** Routes that the protocol has and this service has not: 501 says so, where 404 would say that nothing is there (RFC 7644 section 3.12). */
export const unbuiltRoutes = (...routes: readonly string[]): Routes => Object.fromEntries(routes.map((route) => [route, notBuilt]));

/** The routes of a resource type at some endpoint, for `unbuiltRoutes`. */
export const resourceRouteNames = (endpoint: string): string[] => [
  `GET ${endpoint}`,
  `POST ${endpoint}`,
  ...['GET', 'PUT', 'PATCH', 'DELETE'].map((method) => `${method} ${endpoint}/{id}`),
];
