import type { JsonObject } from './json.ts';
import type { ResourceType } from './schemas/resource-type.ts';

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
}

/** A weak ETag (RFC 7644 section 3.14): a resource may be written in more than one way. */
export const etag = ({ version }: Pick<StoredResource, 'version'>): string => `W/"${version}"`;

/** The resource as a client sees it before projection; `meta.location` is relative to the base URL. */
export function represent(type: ResourceType, stored: StoredResource): JsonObject {
  const { id, created, lastModified, body } = stored;
  const present = type.extensions.map(({ schema }) => schema.id).filter((urn) => body[urn] !== undefined);
  return {
    schemas: [type.schema.id, ...present],
    id,
    ...body,
    meta: {
      resourceType: type.name,
      created,
      lastModified,
      location: `${type.endpoint}/${id}`,
      version: etag(stored),
    },
  };
}
