import { group } from './group.ts';
import type { ResourceType } from './resource-type.ts';
import { user } from './user.ts';

/** Every resource type of the service. One row here is all that a new type needs. */
export const resourceTypes: readonly ResourceType[] = [user, group];

/** The type with a name; `undefined` for none. */
export const resourceTypeNamed = (wanted: string): ResourceType | undefined => resourceTypes.find(({ name }) => name === wanted);

/** The types of what can be a member of a group. */
export const memberTypes: readonly ResourceType[] = [user, group];
