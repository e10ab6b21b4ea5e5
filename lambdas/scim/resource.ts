import type { JsonObject } from './json.ts';
import { isHidden } from './schemas/attribute.ts';
import type { ResourceType } from './schemas/resource-type.ts';
import { without } from './without.ts';

/** A resource as it is stored: its attributes, and what the server keeps beside them. */
export interface StoredResource {
  readonly id: string;
  /** Grows with every change of the resource's own attributes: what a write of them is conditional on. */
  readonly rev: number;
  /** Grows with every change that a client can see: the ETag. */
  readonly version: number;
  /** ISO 8601, UTC. */
  readonly created: string;
  readonly lastModified: string;
  /** Attributes in the schema's spelling, without `schemas`, `id` and `meta`. */
  readonly body: JsonObject;
  /** The ids of the groups that it is a member of; its body does not say so. */
  readonly groupIds?: readonly string[];
}

/** A weak ETag (RFC 7644 section 3.14): a resource may be written in more than one way. */
export const etag = ({ version }: Pick<StoredResource, 'version'>): string => `W/"${version}"`;

/** The URNs of the schemas whose attributes a resource has: the core one, and those of extensions. */
export const presentSchemas = ({ schema, extensions }: ResourceType, resource: JsonObject): string[] => [
  schema.id,
  ...extensions.map((extension) => extension.schema.id).filter((urn) => resource[urn] !== undefined),
];

/** The resource as a client may see it before projection; `meta.location` is relative to the base URL. */
export function represent(type: ResourceType, stored: StoredResource): JsonObject {
  const { id, created, lastModified } = stored;
  const body = type.keepsHidden ? without(type.attributes, stored.body, isHidden) : stored.body;
  return {
    schemas: presentSchemas(type, body),
    id,
    ...body,
    ...(type.memberOf !== undefined && stored.groupIds && { [type.memberOf]: stored.groupIds.map((value) => ({ value })) }),
    meta: {
      resourceType: type.name,
      created,
      lastModified,
      location: `${type.endpoint}/${id}`,
      version: etag(stored),
    },
  };
}
