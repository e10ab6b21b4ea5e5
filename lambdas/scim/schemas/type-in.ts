import { oncePer } from '../once-per.ts';
import type { ResourceType } from './resource-type.ts';
import type { Settings } from './settings.ts';

const variantsOf = oncePer((_: ResourceType) => new Map<string, ResourceType>());

/**
 * A resource type as it is in a directory with some settings: paths of its `uniqueIf` are `unique` there, and not `indexed`. The
 * same object for the same settings, and the type itself where they change nothing, as what is worked out for a type is
 * remembered by its identity.
 */
export function typeIn(type: ResourceType, settings: Settings): ResourceType {
  const paths = type.indexed.filter((path) => {
    const setting = type.uniqueIf[path];
    return setting !== undefined && settings[setting];
  });
  if (paths.length === 0) return type;
  const variants = variantsOf(type);
  const name = paths.join(' ');
  const variant = variants.get(name) ?? withUnique(type, paths);
  variants.set(name, variant);
  return variant;
}

const withUnique = (type: ResourceType, paths: readonly string[]): ResourceType => ({
  ...type,
  unique: [...type.unique, ...paths],
  indexed: type.indexed.filter((path) => !paths.includes(path)),
});
