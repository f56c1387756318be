import type { SignInMethod } from './connection.ts';
import type { Access, DatasetDefinition } from './dataset.ts';

/** What a connection's token may do. */
export interface Granted {
  readonly permissions: ReadonlySet<string>;
  readonly signIn: SignInMethod;
}

type Needs = Pick<DatasetDefinition, 'permissions' | 'applicationPermissions'>;

/** Permissions any of which lets the dataset be read, the least one first: delegated ones, or application ones for app-only sign-in. */
export function permissionsFor(definition: Needs, signIn: SignInMethod): readonly string[] {
  // Definitions of before app-only sign-in don't name them; nearly all are called the same.
  return signIn === 'app-only' && definition.applicationPermissions.length > 0
    ? definition.applicationPermissions
    : definition.permissions;
}

/** Granted when the token has one of the permissions that let the dataset be read, or none is needed. */
export function accessOf(definition: Needs, granted: Granted): Access {
  const needed = permissionsFor(definition, granted.signIn);
  return needed.length === 0 || needed.some((permission) => granted.permissions.has(permission))
    ? 'granted'
    : 'missing-permission';
}
