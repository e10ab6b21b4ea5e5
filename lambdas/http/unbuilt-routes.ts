import { ScimError } from '../scim/errors.ts';
import type { Route, Routes } from './routes.ts';

/** Every method that an HTTP client of this service may come with. */
const METHODS = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'] as const;

const notBuilt: Route = async () => {
  throw new ScimError(501, 'This is not implemented');
};

const unbuilt = (...names: readonly string[]): Routes => Object.fromEntries(names.map((name) => [name, notBuilt]));

/*
 * Routes that the protocol has and this service has not: 501 says so, where 404 would say that nothing is there (RFC 7644
 * section 3.12).
 */

export const unbuiltBulk = unbuilt('POST /Bulk');
export const unbuiltRoot = unbuilt('POST /.search', ...METHODS.map((method) => `${method} /Me`));
