import { distinct } from './distinct.ts';
import { entitlementTypes } from './entitlement-types.ts';
import { group } from './group.ts';
import { holdersAmong, type ResourceType } from './resource-type.ts';
import { role } from './role.ts';
import { user } from './user.ts';

/** Every resource type of the service. */
export const resourceTypes: readonly ResourceType[] = distinct([user, group, role, ...entitlementTypes]);

/** Those whose endpoints share one route of the API, whatever they are called. */
export const typesOnSharedRoute: readonly ResourceType[] = resourceTypes.filter((type) => type !== user && type !== group);

/** The type with a name; `undefined` for none. */
export const resourceTypeNamed = (wanted: string): ResourceType | undefined => resourceTypes.find(({ name }) => name === wanted);

/** The types of what can be a member of a group. */
export const memberTypes: readonly ResourceType[] = [user, group];

/** The types of those to whom resources of a type are granted. */
export const holderTypes = (granted: ResourceType): readonly ResourceType[] => holdersAmong(resourceTypes, granted);
