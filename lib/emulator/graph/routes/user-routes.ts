import {
  entity,
  fixed,
  GROUP_MEMBERS,
  grants,
  indexOf,
  licenceDetails,
  manager,
  type Route,
  refs,
  reportsOf,
  USERS,
} from '#lib/emulator/graph/resources/resource-makers.ts';

/** `User.Read` allows only the relationships of the signed-in user. */
const OWN = ['User.Read'];
const PEOPLE = ['User.Read.All', 'Directory.Read.All'];

/** Users and their relationships. */
export const USER_ROUTES: readonly Route[] = [
  ...entity('users', 'user', 'users', USERS, 'users').map((route) => ({ ...route, own: OWN })),
  {
    pattern: 'users/{id}/memberOf',
    own: OWN,
    permissions: GROUP_MEMBERS,
    resolve: ({ tenant }, [id]) =>
      refs(tenant, 'directoryObject', tenant.directory.groupsOf({ type: 'user', index: indexOf(tenant, 'users', id) })),
  },
  {
    pattern: 'users/{id}/transitiveMemberOf',
    own: OWN,
    permissions: [...GROUP_MEMBERS, 'User.Read.All'],
    resolve: ({ tenant }, [id]) =>
      refs(tenant, 'directoryObject', tenant.directory.transitiveGroupsOf({ type: 'user', index: indexOf(tenant, 'users', id) })),
  },
  {
    pattern: 'users/{id}/manager',
    permissions: PEOPLE,
    resolve: ({ tenant }, [id]) => manager(tenant, id),
  },
  {
    pattern: 'users/{id}/directReports',
    own: OWN,
    permissions: PEOPLE,
    resolve: ({ tenant }, [id]) => refs(tenant, 'directoryObject', reportsOf(tenant, indexOf(tenant, 'users', id))),
  },
  {
    pattern: 'users/{id}/ownedObjects',
    own: OWN,
    permissions: PEOPLE,
    resolve: ({ tenant }, [id]) => refs(tenant, 'directoryObject', tenant.directory.ownedBy(indexOf(tenant, 'users', id))),
  },
  {
    pattern: 'users/{id}/licenseDetails',
    own: OWN,
    permissions: ['LicenseAssignment.Read.All', ...PEOPLE],
    resolve: ({ tenant }, [id]) => fixed('licenseDetails', licenceDetails(tenant, id), null),
  },
  {
    pattern: 'users/{id}/appRoleAssignments',
    permissions: ['Directory.Read.All'],
    resolve: ({ tenant }, [id]) => fixed('appRoleAssignment', tenant.directory.appRolesOfUser(indexOf(tenant, 'users', id))),
  },
  {
    pattern: 'users/{id}/oauth2PermissionGrants',
    permissions: ['Directory.Read.All'],
    resolve: ({ tenant }, [id]) => {
      const principal = tenant.directory.collections.users.idAt(indexOf(tenant, 'users', id));
      return fixed(
        'oAuth2PermissionGrant',
        grants(tenant).filter((row) => row['principalId'] === principal),
      );
    },
  },
];
