import { resourceNotFound } from '#lib/emulator/graph/error-response.ts';
import { fixed, GROUP_MEMBERS, indexOf, type Resolve, type Route, refs } from '#lib/emulator/graph/resources/resource-makers.ts';
import { EXTENSION, EXTENSION_APP_ID } from '#lib/emulator/tenant/company.ts';
import type { ObjectRef } from '#lib/emulator/tenant/generate/groups.ts';
import { directoryObject } from './member-actions.ts';

const PEOPLE = ['User.Read.All', 'Directory.Read.All'];
const APPS = ['Application.Read.All', 'Directory.Read.All'];
const DEVICES = ['Device.Read.All', 'Directory.Read.All'];

/** Device `index` belongs to user `7 × index`, consistent with `registeredOwners`. */
const devicesOfUser: Resolve = ({ tenant }, [id]) => {
  const user = indexOf(tenant, 'users', id);
  const { devices, users } = tenant.directory.sizes;
  const all = Array.from({ length: devices }, (_, index): ObjectRef => ({ type: 'device', index }));
  return refs(
    tenant,
    'directoryObject',
    all.filter(({ index }) => (index * 7) % users === user),
  );
};

/** Further relations between directory objects. */
export const MEMBERSHIP_ROUTES: readonly Route[] = [
  { pattern: 'users/{id}/ownedDevices', own: ['User.Read'], permissions: PEOPLE, resolve: devicesOfUser },
  { pattern: 'users/{id}/registeredDevices', own: ['User.Read'], permissions: PEOPLE, resolve: devicesOfUser },
  {
    pattern: 'directoryObjects/{id}',
    permissions: ['Directory.Read.All'],
    resolve: (request, [id = '']) => directoryObject(request, id),
  },
  {
    pattern: 'groups/{id}/transitiveMemberOf',
    permissions: GROUP_MEMBERS,
    resolve: ({ tenant }, [id]) => {
      const ref: ObjectRef = { type: 'group', index: indexOf(tenant, 'groups', id) };
      return refs(tenant, 'directoryObject', tenant.directory.transitiveGroupsOf(ref));
    },
  },
  {
    pattern: 'groups/{id}/membersWithLicenseErrors',
    permissions: GROUP_MEMBERS,
    resolve: ({ tenant }, [id]) => {
      indexOf(tenant, 'groups', id);
      return fixed('directoryObject', []);
    },
  },
  {
    pattern: 'servicePrincipals/{id}/memberOf',
    permissions: APPS,
    resolve: ({ tenant }, [id]) => {
      const ref: ObjectRef = { type: 'servicePrincipal', index: indexOf(tenant, 'servicePrincipals', id) };
      return refs(tenant, 'directoryObject', tenant.directory.groupsOf(ref));
    },
  },
  {
    pattern: 'devices/{id}/memberOf',
    permissions: DEVICES,
    resolve: ({ tenant }, [id]) =>
      refs(tenant, 'directoryObject', tenant.directory.groupsOf({ type: 'device', index: indexOf(tenant, 'devices', id) })),
  },
  {
    pattern: 'domains/{id}/domainNameReferences',
    permissions: ['Domain.Read.All'],
    resolve: ({ tenant }, [id = '']) => {
      if (!tenant.directory.domains().some((row) => row['id'] === id)) throw resourceNotFound(id);
      const first = Array.from({ length: 5 }, (_, index): ObjectRef => ({ type: 'user', index }));
      const ofDomain = first.filter((ref) => String(tenant.directory.resolve(ref)?.['userPrincipalName']).endsWith(`@${id}`));
      return { ...refs(tenant, 'directoryObject', ofDomain), page: null };
    },
  },
  {
    pattern: 'applications/{id}/extensionProperties',
    permissions: APPS,
    resolve: ({ tenant }, [id]) => {
      const index = indexOf(tenant, 'applications', id);
      // The first registration is the one in the name of the tenant's directory extension.
      return fixed('extensionProperty', index === 0 ? [EXTENSION_PROPERTY] : []);
    },
  },
];

export const EXTENSION_PROPERTY = {
  id: '8f0bd0ab-1cf5-4b0e-9a2f-61c7e4d98b12',
  deletedDateTime: null,
  appDisplayName: `People directory (${EXTENSION_APP_ID.slice(0, 8)})`,
  dataType: 'String',
  isMultiValued: false,
  isSyncedFromOnPremises: false,
  name: EXTENSION,
  targetObjects: ['User'],
};
