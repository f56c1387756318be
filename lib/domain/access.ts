import type { Access, DatasetDefinition } from './dataset.ts';

/** Granted when the token has one of the permissions that let the dataset be read, or none is needed. */
export function accessOf(definition: Pick<DatasetDefinition, 'permissions'>, granted: ReadonlySet<string>): Access {
  return definition.permissions.length === 0 || definition.permissions.some((permission) => granted.has(permission))
    ? 'granted'
    : 'missing-permission';
}
