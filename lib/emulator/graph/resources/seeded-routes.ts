import { z } from 'zod';
import { badRequest } from '#lib/emulator/graph/error-response.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';
import { hash32, randomFor } from '#lib/emulator/tenant/generate/random.ts';
import type { Tenant } from '#lib/emulator/tenant/tenant.ts';
import { graphModel } from './graph-model.ts';
import { indexOf, object, type Resolve, type Route } from './resource-makers.ts';
import collections from './seeded-collections.json' with { type: 'json' };
import { typedRow } from './typed-row.ts';

const Seeded = z.strictObject({
  /** Path after the version, `{id}` for the parents. */
  path: z.string(),
  /** Type of the rows without namespace. */
  type: z.string(),
  permissions: z.array(z.string()),
  rows: z.number(),
  /** Default and maximum page size; absent: `$top` is refused and everything is returned at once. */
  page: z.tuple([z.number(), z.number()]).optional(),
  /** One object instead of a collection. */
  single: z.boolean().default(false),
  names: z.array(z.string()).default([]),
  /** The rows belong to these objects and have their ids. */
  ids: z.enum(['users', 'servicePrincipals', 'devices']).optional(),
  /** The documented answer has no `id`, although $metadata declares one. */
  withoutId: z.boolean().default(false),
  /** Graph refuses the list without `$filter`. */
  filterNeeded: z.boolean().default(false),
});
type Seeded = z.infer<typeof Seeded>;

const KNOWN_PARENTS = ['users', 'groups', 'applications', 'servicePrincipals', 'devices', 'administrativeUnits'] as const;

/**
 * Collections outside of the directory (policies, reviews, risks, …) with some rows each, generated from the definition of their
 * type in $metadata and the tenant's ids. A relation has rows for every second object.
 */
export const SEEDED_ROUTES: readonly Route[] = z.array(Seeded).parse(collections).flatMap(routesOf);

function routesOf(seeded: Seeded): Route[] {
  const { path, type, permissions, single } = seeded;
  if (single) {
    const resolve: Resolve = ({ tenant }, ids) => object(type, rowsOf(tenant, seeded, ids)[0] ?? null, path);
    return [{ pattern: path, permissions, resolve }];
  }
  const list: Resolve = ({ tenant, filtered }, ids) => {
    if (seeded.filterNeeded && !filtered) throw badRequest(`The request to ${path} must have a filter.`);
    const rows = rowsOf(tenant, seeded, ids);
    const page = seeded.page === undefined ? null : { size: seeded.page[0], max: seeded.page[1] };
    return { kind: 'list', type, page, size: () => rows.length, rows: (from) => [...rows.entries()].slice(from) };
  };
  const one: Resolve = ({ tenant }, ids) => {
    const id = ids.at(-1) ?? '';
    return object(type, rowsOf(tenant, seeded, ids.slice(0, -1)).find((row) => row['id'] === id) ?? null, id);
  };
  return [
    { pattern: path, permissions, resolve: list },
    { pattern: `${path}/{id}`, permissions, resolve: one },
  ];
}

function rowsOf(tenant: Tenant, seeded: Seeded, ids: readonly string[]): Row[] {
  const { directory } = tenant;
  const [head = ''] = seeded.path.split('/');
  const known = KNOWN_PARENTS.find((name) => seeded.path.startsWith(`${name}/`) || seeded.path.startsWith(`directory/${name}/`));
  // A missing object has no list.
  if (ids[0] !== undefined && known !== undefined) indexOf(tenant, known, ids[0]);
  const kind = `${seeded.path}:${ids.join('/')}`;
  const count = ids.length > 0 && head === 'users' && hash32(kind) % 2 === 1 ? 0 : seeded.rows;
  const model = graphModel();
  return Array.from({ length: count }, (_, index) => {
    const random = randomFor(directory.seed, kind, index);
    const subject = seeded.ids === undefined ? null : directory.collections[seeded.ids].at(index);
    const space = directory.ids.misc.idOf((hash32(kind) % 1_000_000_000) + index);
    const reference = referenceOf(tenant, subject, ids, index);
    const id = String(subject?.['id'] ?? (seeded.single ? lastSegment(seeded.path) : space));
    const row = typedRow({ model, type: `microsoft.graph.${seeded.type}`, random, index, id, reference, names: seeded.names });
    return seeded.withoutId ? withoutId(row) : row;
  });
}

function withoutId({ id: _, ...row }: Row): Row {
  return row;
}

/** Ids and names of the tenant's objects, by the name of the referencing property. */
function referenceOf(tenant: Tenant, subject: Row | null, ids: readonly string[], index: number) {
  const { directory } = tenant;
  const user = (): Row | null => directory.collections.users.at((index * 3 + 1) % Math.max(directory.sizes.users, 1));
  const of = (row: Row | null, property: string): string | null => (row === null ? null : String(row[property] ?? ''));
  const roles = directory.roleDefinitions();
  return (property: string): string | null => {
    switch (property) {
      case 'userPrincipalName':
      case 'userDisplayName':
        return of(subject ?? user(), property === 'userDisplayName' ? 'displayName' : property);
      case 'userId':
      case 'principalId':
        return of(subject ?? user(), 'id');
      case 'groupId':
        return ids[0] ?? directory.collections.groups.idAt(index % Math.max(directory.sizes.groups, 1));
      case 'roleDefinitionId':
        return of(roles[index % roles.length] ?? null, 'id');
      case 'servicePrincipalId':
      case 'resourceId':
        return directory.collections.servicePrincipals.idAt(index);
      case 'tenantId':
        return directory.ids.misc.idOf(7_000_000 + index);
      case 'directoryScopeId':
      case 'appScopeId':
      case 'scopeId':
        return '/';
      case 'scopeType':
        return 'DirectoryRole';
      default:
        return null;
    }
  };
}

function lastSegment(path: string): string {
  return path.slice(path.lastIndexOf('/') + 1);
}
