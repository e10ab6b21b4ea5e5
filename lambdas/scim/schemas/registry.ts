import { group } from './group.ts';
import type { ResourceType } from './resource-type.ts';
import { user } from './user.ts';

/** Every resource type of the service. One row here is all that a new type needs. */
export const resourceTypes: readonly ResourceType[] = [user, group];
