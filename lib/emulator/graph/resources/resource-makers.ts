import { GraphErrorResponse, resourceNotFound } from '#lib/emulator/graph/error-response.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';
import type { CollectionName } from '#lib/emulator/tenant/directory.ts';
import type { ObjectRef } from '#lib/emulator/tenant/generate/groups.ts';
import type { EventLog } from '#lib/emulator/tenant/generate/logs.ts';
import { managerOf } from '#lib/emulator/tenant/generate/users.ts';
import type { Tenant } from '#lib/emulator/tenant/tenant.ts';
import type { ListResource, Resource, ResourceRequest, SingleResource } from './resource.ts';

const DIRECTORY = { size: 100, max: 999 };

export type Resolve = (request: ResourceRequest, ids: readonly string[]) => Resource;
export interface Route {
  readonly pattern: string;
  /** Any of these suffices. */
  readonly permissions: readonly string[];
  /** Also sufficient when the first `{id}` is the signed-in user. */
  readonly own?: readonly string[];
  readonly resolve: Resolve;
}

export const USERS = ['User.Read.All', 'User.ReadBasic.All', 'Directory.Read.All'];
export const GROUP_MEMBERS = [
  'GroupMember.Read.All',
  'GroupMember.ReadBasic.All',
  'Group.Read.All',
  'Group.ReadBasic.All',
  'Directory.Read.All',
];

export function entity(
  path: string,
  type: string,
  name: CollectionName,
  permissions: readonly string[],
  delta: NonNullable<ListResource['delta']>,
): Route[] {
  return [
    { pattern: path, permissions, resolve: ({ tenant }) => ({ ...collection(tenant, type, name), delta }) },
    { pattern: `${path}/{id}`, permissions, resolve: ({ tenant }, [id = '']) => object(type, findObject(tenant, name, id), id) },
  ];
}

export function deleted(type: string, name: CollectionName, permissions: readonly string[]): Route[] {
  return [
    {
      pattern: `directory/deletedItems/microsoft.graph.${type}`,
      permissions,
      resolve: ({ tenant }) => collection(tenant, type, name),
    },
  ];
}

function collection(tenant: Tenant, type: string, name: CollectionName): ListResource {
  const rows = tenant.directory.collections[name];
  return { kind: 'list', type, rows: (from) => rows.rows(from), page: DIRECTORY, size: () => rows.size };
}

export function fixed(type: string, rows: readonly Row[], page: ListResource['page'] = DIRECTORY): ListResource {
  return {
    kind: 'list',
    type,
    rows: (from) => [...rows.entries()].filter(([position]) => position >= from),
    page,
    size: () => rows.length,
  };
}

/** A small collection whose rows have their own paths. */
export function fixedEntity(
  path: string,
  type: string,
  permissions: readonly string[],
  rowsOf: (tenant: Tenant) => readonly Row[],
  rest: Partial<ListResource> = {},
): Route[] {
  return [
    { pattern: path, permissions, resolve: ({ tenant }) => ({ ...fixed(type, rowsOf(tenant)), ...rest }) },
    {
      pattern: `${path}/{id}`,
      permissions,
      resolve: ({ tenant }, [id = '']) => object(type, rowsOf(tenant).find((row) => row['id'] === id) ?? null, id),
    },
  ];
}

export function refs(tenant: Tenant, type: string, all: readonly ObjectRef[]): ListResource {
  const list = all.filter((ref) => tenant.directory.has(ref));
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

/** Logs require a directory role in addition to the permission (Graph doc "List signIns"): in the demo tenant only the administrator has one. */
export function log({ tenant, claims, beta = false }: ResourceRequest, type: string, events: EventLog): ListResource {
  const appOnly = claims.scp === undefined;
  if (!appOnly && tenant.userById(claims.oid)?.isAdmin !== true)
    throw new GraphErrorResponse(403, 'Authentication_MSGraphPermissionMissing', 'User is not in the allowed roles');
  return {
    kind: 'list',
    type,
    page: { size: 1000, max: 1000 },
    size: () => [...events.rows(0)].length,
    *rows(from) {
      for (const [position, row] of events.rows(from)) yield [position, beta ? row : withoutBeta(row)];
    },
  };
}

function withoutBeta({ signInEventTypes: _, ...row }: Row): Row {
  return row;
}

export function object(type: string, row: Row | null, id: string): SingleResource {
  if (row === null) throw resourceNotFound(id);
  return { kind: 'object', type, row };
}

function findObject(tenant: Tenant, name: CollectionName, id: string): Row | null {
  if (name === 'users' && id.includes('@')) return tenant.directory.collections.users.find(tenant.findUser(id)?.id ?? '');
  return tenant.directory.collections[name].find(id);
}

export function indexOf(tenant: Tenant, name: CollectionName, id = ''): number {
  const row = findObject(tenant, name, id);
  const index = row === null ? null : tenant.directory.collections[name].indexOf(String(row['id']));
  if (index === null) throw resourceNotFound(id);
  return index;
}

export function roleIndex(tenant: Tenant, id = ''): number {
  const index = tenant.directory.directoryRoles().findIndex((row) => row['id'] === id);
  if (index < 0) throw resourceNotFound(id);
  return index;
}

export function manager(tenant: Tenant, id = ''): SingleResource {
  const index = managerOf(indexOf(tenant, 'users', id));
  const row = index === null ? null : tenant.directory.resolve({ type: 'user', index });
  if (row === null) throw resourceNotFound('manager');
  return { kind: 'object', type: 'user', row };
}

export function reportsOf(tenant: Tenant, index: number): ObjectRef[] {
  const first = index * 8 + 1;
  return Array.from({ length: 8 }, (_, i): ObjectRef => ({ type: 'user', index: first + i })).filter(
    (ref) => ref.index < tenant.directory.sizes.users,
  );
}

export function deviceUsers(tenant: Tenant, id = ''): ObjectRef[] {
  return [{ type: 'user', index: (indexOf(tenant, 'devices', id) * 7) % tenant.directory.sizes.users }];
}

export function licenceDetails(tenant: Tenant, id = ''): Row[] {
  const user = findObject(tenant, 'users', id);
  if (user === null) throw resourceNotFound(id);
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

export function grants(tenant: Tenant): Row[] {
  return Array.from({ length: tenant.directory.sizes.applications }, (_, index) => tenant.directory.grant(index));
}

export function isGuest({ tenant, claims }: ResourceRequest): boolean {
  return claims.scp !== undefined && tenant.userById(claims.oid)?.isGuest === true;
}
