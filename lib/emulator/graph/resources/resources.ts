import { accessDenied, badRequest, segmentNotFound } from '#lib/emulator/graph/error-response.ts';
import { groupMembers, unitMembers } from '#lib/emulator/graph/routes/hidden-membership.ts';
import { MEMBERSHIP_ROUTES } from '#lib/emulator/graph/routes/membership-routes.ts';
import { USER_ROUTES } from '#lib/emulator/graph/routes/user-routes.ts';
import { SIGN_IN_TYPES, type SignInType } from '#lib/emulator/tenant/generate/logs.ts';
import type { Resource, ResourceRequest } from './resource.ts';
import {
  deleted,
  deviceUsers,
  entity,
  fixed,
  fixedEntity,
  GROUP_MEMBERS,
  grants,
  indexOf,
  isGuest,
  log,
  object,
  type Route,
  refs,
  roleIndex,
  USERS,
} from './resource-makers.ts';
import { SEEDED_ROUTES } from './seeded-routes.ts';

const GROUPS = ['Group.Read.All', 'GroupMember.Read.All', 'Directory.Read.All', 'Group.ReadBasic.All'];
const GROUP_OWNERS = ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'];
const APPS = ['Application.Read.All', 'Directory.Read.All'];
const ROLES = ['RoleManagement.Read.Directory', 'Directory.Read.All', 'RoleManagement.Read.All'];
const UNITS = ['AdministrativeUnit.Read.All', 'Directory.Read.All'];
const ORGANIZATION = ['User.Read', 'Organization.Read.All', 'User.Read.All', 'Directory.Read.All'];
const SKUS = ['LicenseAssignment.Read.All', 'Organization.Read.All', 'Directory.Read.All'];
const DEVICES = ['Device.Read.All', 'Directory.Read.All'];

/** All routes of the emulated Graph; permissions as in the Graph permissions reference. */
const ROUTES: readonly Route[] = [
  ...USER_ROUTES,
  ...MEMBERSHIP_ROUTES,
  ...entity('groups', 'group', 'groups', GROUPS, 'groups'),
  {
    pattern: 'groups/{id}/members',
    permissions: GROUP_MEMBERS,
    resolve: (request, [id]) => ({
      ...groupMembers(request, id, (index) => request.tenant.directory.membersOf(index)),
      hidesServicePrincipals: true,
    }),
  },
  {
    pattern: 'groups/{id}/transitiveMembers',
    permissions: GROUP_MEMBERS,
    resolve: (request, [id]) => ({
      ...groupMembers(request, id, (index) => request.tenant.directory.transitiveMembersOf(index)),
      hidesServicePrincipals: true,
    }),
  },
  {
    pattern: 'groups/{id}/owners',
    permissions: GROUP_OWNERS,
    resolve: ({ tenant }, [id]) =>
      refs(tenant, 'directoryObject', tenant.directory.owners('group', indexOf(tenant, 'groups', id))),
  },
  {
    pattern: 'groups/{id}/memberOf',
    permissions: GROUP_MEMBERS,
    resolve: ({ tenant }, [id]) =>
      refs(tenant, 'directoryObject', tenant.directory.groupsOf({ type: 'group', index: indexOf(tenant, 'groups', id) })),
  },
  ...entity('applications', 'application', 'applications', APPS, 'other'),
  {
    pattern: 'applications/{id}/owners',
    permissions: APPS,
    resolve: ({ tenant }, [id]) =>
      refs(tenant, 'directoryObject', tenant.directory.owners('application', indexOf(tenant, 'applications', id))),
  },
  ...entity('servicePrincipals', 'servicePrincipal', 'servicePrincipals', APPS, 'other'),
  {
    pattern: 'servicePrincipals/{id}/owners',
    permissions: APPS,
    resolve: ({ tenant }, [id]) =>
      refs(tenant, 'directoryObject', tenant.directory.owners('servicePrincipal', indexOf(tenant, 'servicePrincipals', id))),
  },
  {
    pattern: 'servicePrincipals/{id}/appRoleAssignedTo',
    permissions: APPS,
    resolve: ({ tenant }, [id]) =>
      fixed('appRoleAssignment', tenant.directory.appRoleAssignedTo(indexOf(tenant, 'servicePrincipals', id))),
  },
  {
    pattern: 'servicePrincipals/{id}/appRoleAssignments',
    permissions: APPS,
    resolve: ({ tenant }, [id]) =>
      fixed('appRoleAssignment', tenant.directory.appRolesOfServicePrincipal(indexOf(tenant, 'servicePrincipals', id))),
  },
  {
    pattern: 'servicePrincipals/{id}/oauth2PermissionGrants',
    permissions: ['Directory.Read.All'],
    resolve: ({ tenant }, [id]) =>
      fixed(
        'oAuth2PermissionGrant',
        grants(tenant).filter((row) => row['clientId'] === id),
      ),
  },
  ...fixedEntity('oauth2PermissionGrants', 'oAuth2PermissionGrant', ['Directory.Read.All'], grants, { delta: 'other' }),
  ...entity('devices', 'device', 'devices', DEVICES, 'other'),
  {
    pattern: 'devices/{id}/registeredOwners',
    permissions: DEVICES,
    resolve: ({ tenant }, [id]) => refs(tenant, 'directoryObject', deviceUsers(tenant, id)),
  },
  {
    pattern: 'devices/{id}/registeredUsers',
    permissions: DEVICES,
    resolve: ({ tenant }, [id]) => refs(tenant, 'directoryObject', deviceUsers(tenant, id)),
  },
  ...entity('contacts', 'orgContact', 'contacts', ['OrgContact.Read.All', 'Directory.Read.All'], 'other'),
  ...['directory/administrativeUnits', 'administrativeUnits'].flatMap((path) => [
    ...entity(path, 'administrativeUnit', 'administrativeUnits', UNITS, 'other'),
    {
      pattern: `${path}/{id}/members`,
      permissions: UNITS,
      resolve: unitMembers,
    },
  ]),
  ...fixedEntity('directoryRoles', 'directoryRole', ROLES, ({ directory }) => directory.directoryRoles(), {
    page: null,
    delta: 'other',
  }),
  {
    pattern: 'directoryRoles/{id}/members',
    permissions: ROLES,
    resolve: ({ tenant }, [id]) => ({
      ...refs(tenant, 'directoryObject', tenant.directory.roleMembers(roleIndex(tenant, id))),
      page: null,
    }),
  },
  ...fixedEntity('roleManagement/directory/roleDefinitions', 'unifiedRoleDefinition', ROLES, ({ directory }) =>
    directory.roleDefinitions(),
  ),
  ...fixedEntity('roleManagement/directory/roleAssignments', 'unifiedRoleAssignment', ROLES, ({ directory }) =>
    directory.roleAssignments(),
  ),
  ...fixedEntity('organization', 'organization', ORGANIZATION, ({ directory }) => [directory.organization()], { page: null }),
  ...fixedEntity('domains', 'domain', ['Domain.Read.All', 'Directory.Read.All'], ({ directory }) => directory.domains(), {
    page: null,
  }),
  ...fixedEntity('subscribedSkus', 'subscribedSku', SKUS, ({ directory }) => directory.skus(), { page: null }),
  {
    pattern: 'me',
    permissions: ['User.Read', 'User.Read.All'],
    resolve: ({ tenant, claims }) => object('user', tenant.directory.collections.users.find(claims.oid), claims.oid),
  },
  ...deleted('user', 'deletedUsers', USERS),
  ...deleted('group', 'deletedGroups', GROUPS),
  ...deleted('application', 'deletedApplications', APPS),
  {
    pattern: 'directory/deletedItems',
    permissions: ['Directory.Read.All'],
    resolve: () => {
      throw badRequest('The OData cast segment is missing: use for example /directory/deletedItems/microsoft.graph.user.');
    },
  },
  {
    pattern: 'auditLogs/signIns',
    permissions: ['AuditLog.Read.All'],
    resolve: (request) => log(request, 'signIn', request.tenant.directory.signIns(signInTypes(request))),
  },
  {
    pattern: 'auditLogs/directoryAudits',
    permissions: ['AuditLog.Read.All', 'Directory.Read.All'],
    resolve: (request) => log(request, 'directoryAudit', request.tenant.directory.audits()),
  },
  ...SEEDED_ROUTES,
];

/** Without a filter by `signInEventTypes`, which only beta has, sign-ins are the interactive ones (Graph doc of beta "List signIns"). */
function signInTypes({ beta = false, literals = [] }: ResourceRequest): readonly SignInType[] {
  const named = SIGN_IN_TYPES.filter((type) => literals.includes(type));
  return beta && named.length > 0 ? named : ['interactiveUser'];
}

/** Finds the resource of a path. Segment names are case-insensitive; ids are not. */
export function findResource(path: readonly string[], request: ResourceRequest): Resource {
  const { segments, cast } = withoutCast(ofMe(path, request));
  for (const route of ROUTES) {
    const ids = match(route.pattern.split('/'), segments);
    if (ids === null) continue;
    if (!request.can(route.permissions) && !mayReadOwn(route, ids, request)) throw accessDenied();
    if (route.pattern === 'users' && isGuest(request)) throw accessDenied();
    const resource = route.resolve(request, ids);
    return cast === null ? resource : castTo(resource, cast);
  }
  throw segmentNotFound(path[0] ?? '');
}

/** Permissions to read objects by type; without them objects have only type and id. */
export const PERMISSIONS_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  user: USERS,
  group: GROUPS,
  device: DEVICES,
  servicePrincipal: APPS,
  orgContact: ['OrgContact.Read.All', 'Directory.Read.All'],
  application: APPS,
};

/** `me/…` is `users/{own id}/…`. */
function ofMe(path: readonly string[], { claims }: ResourceRequest): readonly string[] {
  return path.length > 1 && path[0]?.toLowerCase() === 'me' ? ['users', claims.oid, ...path.slice(1)] : path;
}

function mayReadOwn({ own }: Route, [id = '']: readonly string[], { tenant, claims, can }: ResourceRequest): boolean {
  if (own === undefined || id === '' || !can(own)) return false;
  return (tenant.userById(id) ?? tenant.findUser(id))?.id === claims.oid;
}

function match(pattern: readonly string[], path: readonly string[]): string[] | null {
  if (pattern.length !== path.length) return null;
  const ids: string[] = [];
  for (const [index, part] of pattern.entries()) {
    const segment = path[index] ?? '';
    if (part === '{id}') ids.push(decoded(segment));
    else if (part.toLowerCase() !== segment.toLowerCase()) return null;
  }
  return ids;
}

function decoded(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch (cause) {
    const fault = badRequest('The request URI is not valid.');
    fault.cause = cause;
    throw fault;
  }
}

function withoutCast(path: readonly string[]): { readonly segments: readonly string[]; readonly cast: string | null } {
  const last = path.at(-1) ?? '';
  if (path[1]?.toLowerCase() === 'deleteditems' || !last.startsWith('microsoft.graph.')) return { segments: path, cast: null };
  return { segments: path.slice(0, -1), cast: last.slice('microsoft.graph.'.length) };
}

function castTo(resource: Resource, type: string): Resource {
  if (resource.kind !== 'list') return resource;
  const wanted = `#microsoft.graph.${type}`;
  const rows = [...resource.rows(0)].filter(([, row]) => row['@odata.type'] === wanted);
  return { ...resource, type, rows: (from) => rows.filter(([position]) => position >= from), size: () => rows.length };
}
