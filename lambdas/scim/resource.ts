import type { JsonObject } from './json.ts';
import { assignmentsSchema } from './schemas/assignments.ts';
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
  /** The ids of the groups that it is a member of; its body does not say so. Some of them may be gone. */
  readonly groupIds?: readonly string[];
  /** Of a group: how many members it has. */
  readonly size?: number;
  /*
   * The store's own business: of a group, over how many partition keys its members are spread, since when, and which changes of many of
   * them at once are being made, or have been; of a member, what such changes have noted of it.
   */
  readonly fan?: number;
  /** Milliseconds since 1970. */
  readonly spreadAt?: number;
  readonly changing?: Lease;
  readonly applied?: readonly string[];
  readonly staged?: readonly string[];
  /** Of what is granted, if that is counted: to how many. */
  readonly assigned?: number;
}

/** Who is about to change many members of a group at once, and until when nobody else does, in milliseconds since 1970. */
export interface Lease {
  readonly id: string;
  readonly until: number;
}

/** A resource as another one names it: a member of a group, or a group of a user. */
export interface Related {
  readonly id: string;
  /** Its resource type; without it nothing but the id is shown. */
  readonly type?: ResourceType | undefined;
  /** What people call it. */
  readonly display?: string | undefined;
}

/** What is shown of a resource beside what is kept of it itself. */
export interface Relations {
  readonly groups?: readonly Related[];
  readonly members?: readonly Related[];
}

/** A weak ETag (RFC 7644 section 3.14): a resource may be written in more than one way. */
export const etag = ({ version }: Pick<StoredResource, 'version'>): string => `W/"${version}"`;

/** The URNs of the schemas whose attributes a resource has: the core one, and those of extensions. */
export const presentSchemas = ({ schema, extensions }: ResourceType, resource: JsonObject): string[] => [
  schema.id,
  ...extensions.map((extension) => extension.schema.id).filter((urn) => resource[urn] !== undefined),
];

/** The resource as a client may see it before projection. `baseUrl` is that of its directory: addresses begin with it. */
export function represent(type: ResourceType, stored: StoredResource, { groups, members }: Relations = {}, baseUrl = ''): JsonObject {
  const { id, created, lastModified } = stored;
  const visible = type.keepsHidden ? without(type.attributes, stored.body, isHidden) : stored.body;
  const body = type.counted ? withAssignments(visible, stored) : visible;
  const toValue = (related: Related, role?: string): JsonObject => referenceTo(related, baseUrl, role);
  return {
    schemas: presentSchemas(type, body),
    id,
    ...body,
    ...(type.memberOf !== undefined && groups && groups.length > 0 && { [type.memberOf]: groups.map((one) => toValue(one, 'direct')) }),
    ...(type.members !== undefined && members && members.length > 0 && { [type.members]: members.map((one) => toValue(one)) }),
    meta: {
      resourceType: type.name,
      created,
      lastModified,
      location: locationOf(type, id, baseUrl),
      version: etag(stored),
    },
  };
}

const withAssignments = (body: JsonObject, { assigned = 0 }: StoredResource): JsonObject => ({
  ...body,
  [assignmentsSchema.id]: { ...(body[assignmentsSchema.id] as JsonObject | undefined), totalAssignmentsUsed: assigned },
});

export const locationOf = ({ endpoint }: ResourceType, id: string, baseUrl: string): string => `${baseUrl}${endpoint}/${id}`;

/** A value of `members` or `groups` (RFC 7643 sections 4.1.2 and 4.2). Its `type` is the resource's own where it plays no other role. */
const referenceTo = ({ id, type, display }: Related, baseUrl: string, role = type?.name): JsonObject => ({
  value: id,
  ...(type && role !== undefined && { $ref: locationOf(type, id, baseUrl), type: role }),
  ...(display !== undefined && { display }),
});
