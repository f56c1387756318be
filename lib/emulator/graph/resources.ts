import type { AccessClaims } from '../contract.ts';
import type { Row } from '../tenant/collection.ts';
import type { CollectionName } from '../tenant/directory.ts';
import type { Ref } from '../tenant/groups.ts';
import type { Tenant } from '../tenant/tenant.ts';
import { managerOf } from '../tenant/users.ts';
import { badRequest, denied, GraphFault, noSegment, notFound } from './graph-fault.ts';

/** A collection as a request sees it. */
export interface Listing {
  readonly kind: 'list';
  /** Type name without namespace. */
  readonly type: string;
  /** Rows from a position on; positions grow and survive changes. */
  readonly rows: (from: number) => Iterable<readonly [position: number, row: Row]>;
  /** Rows a page: default and largest. Null: no paging, and `$top` is refused. */
  readonly page: { readonly size: number; readonly max: number } | null;
  /** Rows without looking at them. */
  readonly size: () => number;
  /** Relationship whose plain v1.0 list leaves service principals out. */
  readonly hidesServicePrincipals?: true;
  /** Collection behind `/delta`. */
  readonly delta?: 'users' | 'groups' | 'other';
}
export interface Single {
  readonly kind: 'object';
  readonly type: string;
  readonly row: Row;
}
export type Resource = Listing | Single;

export interface ResourceRequest {
  readonly tenant: Tenant;
  readonly claims: AccessClaims;
  readonly can: (permissions: readonly string[]) => boolean;
}

const DIRECTORY = { size: 100, max: 999 };
const USERS = ['User.Read.All', 'User.ReadBasic.All', 'Directory.Read.All'];
const GROUPS = ['Group.Read.All', 'GroupMember.Read.All', 'Directory.Read.All', 'Group.ReadBasic.All'];
const MEMBERS = ['GroupMember.Read.All', 'Group.Read.All', 'Directory.Read.All'];
const APPS = ['Application.Read.All', 'Directory.Read.All'];
const ROLES = ['RoleManagement.Read.Directory', 'Directory.Read.All', 'RoleManagement.Read.All'];
const UNITS = ['AdministrativeUnit.Read.All', 'Directory.Read.All'];
const DEVICES = ['Device.Read.All', 'Directory.Read.All'];

type Resolve = (request: ResourceRequest, ids: readonly string[]) => Resource;
interface Route {
  readonly pattern: string;
  readonly permissions: readonly string[];
  readonly resolve: Resolve;
}

/** Everything that the emulated Graph knows; permissions as the Graph permissions reference names them. */
const ROUTES: readonly Route[] = [
  ...entity('users', 'user', 'users', USERS, 'users'),
  {
    pattern: 'users/{id}/memberOf',
    permissions: ['User.Read', ...MEMBERS, 'User.Read.All'],
    resolve: ({ tenant }, [id]) =>
      refs(tenant, 'directoryObject', tenant.directory.groupsOf({ type: 'user', index: indexOf(tenant, 'users', id) })),
  },
  {
    pattern: 'users/{id}/manager',
    permissions: ['User.Read.All', 'Directory.Read.All'],
    resolve: ({ tenant }, [id]) => manager(tenant, id),
  },
  {
    pattern: 'users/{id}/directReports',
    permissions: ['User.Read.All', 'Directory.Read.All'],
    resolve: ({ tenant }, [id]) => refs(tenant, 'directoryObject', reportsOf(tenant, indexOf(tenant, 'users', id))),
  },
  {
    pattern: 'users/{id}/licenseDetails',
    permissions: ['LicenseAssignment.Read.All', 'User.Read', 'User.Read.All', 'Directory.Read.All'],
    resolve: ({ tenant }, [id]) => fixed('licenseDetails', licenceDetails(tenant, id), null),
  },
  ...entity('groups', 'group', 'groups', GROUPS, 'groups'),
  {
    pattern: 'groups/{id}/members',
    permissions: MEMBERS,
    resolve: ({ tenant }, [id]) => ({
      ...refs(tenant, 'directoryObject', tenant.directory.membersOf(indexOf(tenant, 'groups', id))),
      hidesServicePrincipals: true,
    }),
  },
  {
    pattern: 'groups/{id}/transitiveMembers',
    permissions: MEMBERS,
    resolve: ({ tenant }, [id]) => ({
      ...refs(tenant, 'directoryObject', tenant.directory.transitiveMembersOf(indexOf(tenant, 'groups', id))),
      hidesServicePrincipals: true,
    }),
  },
  {
    pattern: 'groups/{id}/owners',
    permissions: MEMBERS,
    resolve: ({ tenant }, [id]) =>
      refs(tenant, 'directoryObject', tenant.directory.owners('group', indexOf(tenant, 'groups', id))),
  },
  {
    pattern: 'groups/{id}/memberOf',
    permissions: MEMBERS,
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
  { pattern: 'servicePrincipals/{id}/appRoleAssignments', permissions: APPS, resolve: () => fixed('appRoleAssignment', []) },
  {
    pattern: 'servicePrincipals/{id}/oauth2PermissionGrants',
    permissions: ['Directory.Read.All'],
    resolve: ({ tenant }, [id]) =>
      fixed(
        'oAuth2PermissionGrant',
        grants(tenant).filter((row) => row['clientId'] === id),
      ),
  },
  {
    pattern: 'oauth2PermissionGrants',
    permissions: ['Directory.Read.All'],
    resolve: ({ tenant }) => ({ ...fixed('oAuth2PermissionGrant', grants(tenant)), delta: 'other' }),
  },
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
      resolve: (({ tenant }, [id]) =>
        refs(
          tenant,
          'directoryObject',
          tenant.directory.unitMembers(indexOf(tenant, 'administrativeUnits', id)),
        )) satisfies Resolve,
    },
  ]),
  {
    pattern: 'directoryRoles',
    permissions: ROLES,
    resolve: ({ tenant }) => ({ ...fixed('directoryRole', tenant.directory.directoryRoles(), null), delta: 'other' }),
  },
  {
    pattern: 'directoryRoles/{id}/members',
    permissions: ROLES,
    resolve: ({ tenant }, [id]) => ({
      ...refs(tenant, 'directoryObject', tenant.directory.roleMembers(roleIndex(tenant, id))),
      page: null,
    }),
  },
  {
    pattern: 'roleManagement/directory/roleDefinitions',
    permissions: ROLES,
    resolve: ({ tenant }) => fixed('unifiedRoleDefinition', tenant.directory.roleDefinitions()),
  },
  {
    pattern: 'roleManagement/directory/roleAssignments',
    permissions: ROLES,
    resolve: ({ tenant }) => fixed('unifiedRoleAssignment', tenant.directory.roleAssignments()),
  },
  {
    pattern: 'organization',
    permissions: ['User.Read', 'Organization.Read.All', 'User.Read.All', 'Directory.Read.All'],
    resolve: ({ tenant }) => fixed('organization', [tenant.directory.organization()], null),
  },
  {
    pattern: 'domains',
    permissions: ['Domain.Read.All', 'Directory.Read.All'],
    resolve: ({ tenant }) => fixed('domain', tenant.directory.domains(), null),
  },
  {
    pattern: 'subscribedSkus',
    permissions: ['LicenseAssignment.Read.All', 'Organization.Read.All', 'Directory.Read.All'],
    resolve: ({ tenant }) => fixed('subscribedSku', tenant.directory.skus(), null),
  },
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
    resolve: (request) =>
      log(request, 'signIn', request.tenant.directory.sizes.signIns, (index) => request.tenant.directory.signIn(index)),
  },
  {
    pattern: 'auditLogs/directoryAudits',
    permissions: ['AuditLog.Read.All', 'Directory.Read.All'],
    resolve: (request) =>
      log(request, 'directoryAudit', request.tenant.directory.sizes.audits, (index) => request.tenant.directory.audit(index)),
  },
];

/** Finds what a path names. Segment names are without case; ids are not. */
export function findResource(path: readonly string[], request: ResourceRequest): Resource {
  const { segments, cast } = withoutCast(path);
  for (const route of ROUTES) {
    const ids = match(route.pattern.split('/'), segments);
    if (ids === null) continue;
    if (!request.can(route.permissions)) throw denied();
    if (route.pattern === 'users' && isGuest(request)) throw denied();
    const resource = route.resolve(request, ids);
    return cast === null ? resource : castTo(resource, cast);
  }
  throw noSegment(path[0] ?? '');
}

/** Names of the objects whose type the token may read; others come as type and id alone. */
export const PERMISSIONS_OF_TYPE: Readonly<Record<string, readonly string[]>> = {
  user: USERS,
  group: GROUPS,
  device: DEVICES,
  servicePrincipal: APPS,
  orgContact: ['OrgContact.Read.All', 'Directory.Read.All'],
};

function match(pattern: readonly string[], path: readonly string[]): string[] | null {
  if (pattern.length !== path.length) return null;
  const ids: string[] = [];
  for (const [index, part] of pattern.entries()) {
    const segment = path[index] ?? '';
    if (part === '{id}') ids.push(decodeURIComponent(segment));
    else if (part.toLowerCase() !== segment.toLowerCase()) return null;
  }
  return ids;
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

function entity(
  path: string,
  type: string,
  name: CollectionName,
  permissions: readonly string[],
  delta: NonNullable<Listing['delta']>,
): Route[] {
  return [
    { pattern: path, permissions, resolve: ({ tenant }) => ({ ...collection(tenant, type, name), delta }) },
    { pattern: `${path}/{id}`, permissions, resolve: ({ tenant }, [id = '']) => object(type, findObject(tenant, name, id), id) },
  ];
}

function deleted(type: string, name: CollectionName, permissions: readonly string[]): Route[] {
  return [
    {
      pattern: `directory/deletedItems/microsoft.graph.${type}`,
      permissions,
      resolve: ({ tenant }) => collection(tenant, type, name),
    },
  ];
}

function collection(tenant: Tenant, type: string, name: CollectionName): Listing {
  const rows = tenant.directory.collections[name];
  return { kind: 'list', type, rows: (from) => rows.rows(from), page: DIRECTORY, size: () => rows.size };
}

function fixed(type: string, rows: readonly Row[], page: Listing['page'] = DIRECTORY): Listing {
  return {
    kind: 'list',
    type,
    rows: (from) => [...rows.entries()].filter(([position]) => position >= from),
    page,
    size: () => rows.length,
  };
}

function refs(tenant: Tenant, type: string, list: readonly Ref[]): Listing {
  return {
    kind: 'list',
    type,
    page: DIRECTORY,
    size: () => list.length,
    *rows(from) {
      for (let position = from; position < list.length; position++) {
        const ref = list[position];
        const row = ref === undefined ? null : tenant.directory.resolve(ref);
        if (row !== null) yield [position, row];
      }
    },
  };
}

/** Logs need a directory role besides the permission (Graph doc "List signIns"): of the demo tenant's people, the administrator has one. */
function log({ tenant, claims }: ResourceRequest, type: string, size: number, make: (index: number) => Row): Listing {
  const appOnly = claims.scp === undefined;
  if (!appOnly && tenant.userById(claims.oid)?.isAdmin !== true)
    throw new GraphFault(403, 'Authentication_MSGraphPermissionMissing', 'User is not in the allowed roles');
  return {
    kind: 'list',
    type,
    page: { size: 1000, max: 1000 },
    size: () => size,
    *rows(from) {
      for (let position = from; position < size; position++) yield [position, make(position)];
    },
  };
}

function object(type: string, row: Row | null, id: string): Single {
  if (row === null) throw notFound(id);
  return { kind: 'object', type, row };
}

function findObject(tenant: Tenant, name: CollectionName, id: string): Row | null {
  if (name === 'users' && id.includes('@')) return tenant.directory.collections.users.find(tenant.findUser(id)?.id ?? '');
  return tenant.directory.collections[name].find(id);
}

function indexOf(tenant: Tenant, name: CollectionName, id = ''): number {
  const row = findObject(tenant, name, id);
  const index = row === null ? null : tenant.directory.collections[name].indexOf(String(row['id']));
  if (index === null) throw notFound(id);
  return index;
}

function roleIndex(tenant: Tenant, id = ''): number {
  const index = tenant.directory.directoryRoles().findIndex((row) => row['id'] === id);
  if (index < 0) throw notFound(id);
  return index;
}

function manager(tenant: Tenant, id = ''): Single {
  const index = managerOf(indexOf(tenant, 'users', id));
  const row = index === null ? null : tenant.directory.resolve({ type: 'user', index });
  if (row === null) throw notFound('manager');
  return { kind: 'object', type: 'user', row };
}

function reportsOf(tenant: Tenant, index: number): Ref[] {
  const first = index * 8 + 1;
  return Array.from({ length: 8 }, (_, i): Ref => ({ type: 'user', index: first + i })).filter(
    (ref) => ref.index < tenant.directory.sizes.users,
  );
}

function deviceUsers(tenant: Tenant, id = ''): Ref[] {
  return [{ type: 'user', index: (indexOf(tenant, 'devices', id) * 7) % tenant.directory.sizes.users }];
}

function licenceDetails(tenant: Tenant, id = ''): Row[] {
  const user = findObject(tenant, 'users', id);
  if (user === null) throw notFound(id);
  const skus = tenant.directory.skus();
  return ((user['assignedLicenses'] as { skuId: string }[] | undefined) ?? []).map(({ skuId }) => {
    const sku = skus.find((row) => row['skuId'] === skuId);
    return {
      id: `${String(user['id']).slice(0, 8)}_${skuId}`,
      skuId,
      skuPartNumber: sku?.['skuPartNumber'] ?? null,
      servicePlans: sku?.['servicePlans'] ?? [],
    };
  });
}

function grants(tenant: Tenant): Row[] {
  return Array.from({ length: tenant.directory.sizes.applications }, (_, index) => tenant.directory.grant(index));
}

function isGuest({ tenant, claims }: ResourceRequest): boolean {
  return claims.scp !== undefined && tenant.userById(claims.oid)?.isGuest === true;
}
