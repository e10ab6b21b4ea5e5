import { expect } from '@jest/globals';
import type { ScimType } from '../../lambdas/scim/errors.ts';
import type { JsonObject } from '../../lambdas/scim/json.ts';
import type { Attribute } from '../../lambdas/scim/schemas/attribute.ts';
import { defineResourceType, type ResourceType, type Schema } from '../../lambdas/scim/schemas/resource-type.ts';

/** A resource type for one test, with attributes that no resource type of the service has. */
export const typeWith = (...attributes: readonly Attribute[]): ResourceType => defineResourceType({ ...THING, schema: thing(attributes) });

/** The same, with an extension. */
export const typeWithExtension = (extension: Schema, required: boolean, ...attributes: readonly Attribute[]): ResourceType =>
  defineResourceType({ ...THING, schema: thing(attributes), extensions: [{ schema: extension, required }] });

export const THING_URN = 'urn:example:2.0:Thing';
const THING = { name: 'Thing', endpoint: '/Things', description: 'Thing' };
const thing = (attributes: readonly Attribute[]): Schema => ({ id: THING_URN, name: 'Thing', description: 'Thing', attributes });

/** The error that a client gets for a mistake of its own. */
export const refusal = (scimType: ScimType, detail = '') =>
  expect.objectContaining({ status: 400, scimType, message: expect.stringContaining(detail) });

/** An object without some of its members. */
export const without = (object: JsonObject, ...names: readonly string[]): JsonObject =>
  Object.fromEntries(Object.entries(object).filter(([name]) => !names.includes(name)));
