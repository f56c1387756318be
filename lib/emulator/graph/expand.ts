import type { Row } from '../tenant/collection.ts';
import type { ObjectRef } from '../tenant/generate/groups.ts';
import { managerOf } from '../tenant/generate/users.ts';
import { GraphErrorResponse } from './error-response.ts';
import type { Query } from './odata/query.ts';
import type { ResourceRequest } from './resources/resource.ts';
import { visibleMembers } from './routes/hidden-membership.ts';

/** Maximum number of items in an expanded relationship, without a link to more (Graph docs "Query parameters", `$expand`). */
const EXPANDED_MAX = 20;
const DEFAULTS = ['id', 'displayName', 'mail', 'userPrincipalName'];

type Related = (request: ResourceRequest, index: number) => readonly ObjectRef[] | ObjectRef | null;

const RELATIONS: Readonly<Record<string, Readonly<Record<string, Related>>>> = {
  user: {
    manager: ({ tenant }, index) => {
      const manager = managerOf(index);
      const ref: ObjectRef | null = manager === null ? null : { type: 'user', index: manager };
      return ref !== null && tenant.directory.has(ref) ? ref : null;
    },
    memberof: ({ tenant }, index) => tenant.directory.groupsOf({ type: 'user', index }),
  },
  group: {
    members: (request, index) => visibleMembers(request, index),
    owners: ({ tenant }, index) => tenant.directory.owners('group', index),
  },
  application: { owners: ({ tenant }, index) => tenant.directory.owners('application', index) },
  servicePrincipal: { owners: ({ tenant }, index) => tenant.directory.owners('servicePrincipal', index) },
};

const PRINCIPALS = ['user', 'group', 'servicePrincipal'] as const satisfies readonly ObjectRef['type'][];

/** The principal of a role assignment, with the properties of its type (Graph doc "List unifiedRoleAssignments"); null when deleted. */
function principalOf({ tenant }: ResourceRequest, row: Row): Row | null {
  const id = String(row['principalId']);
  for (const kind of PRINCIPALS) {
    const found = tenant.directory.resolveId(kind, id);
    if (found !== null) return found;
  }
  return null;
}

const COLLECTION = {
  user: 'users',
  group: 'groups',
  application: 'applications',
  servicePrincipal: 'servicePrincipals',
} as const;

/** Adds one relationship to a row: one level, 20 items, with `($select=…)`; not combined with advanced queries. */
export function expand(request: ResourceRequest, type: string, query: Query): ((row: Row) => Row) | null {
  if (query.expand === null) return null;
  if (/^principal$/i.test(query.expand) && type.startsWith('unifiedRole'))
    return (row) => ({ principal: principalOf(request, row) });
  const [, name = '', nested] = /^(\w+)(?:\(\$select=([\w,]+)\))?$/.exec(query.expand) ?? [];
  const related = RELATIONS[type]?.[name.toLowerCase()];
  if (related === undefined || query.count) {
    throw new GraphErrorResponse(
      400,
      'ExpandNotSupported',
      `Expand is not allowed for property '${query.expand}' according to the entity schema.`,
    );
  }
  const names = nested?.split(',') ?? DEFAULTS;
  const show = (ref: ObjectRef): Row => {
    const row = request.tenant.directory.resolve(ref) ?? {};
    return Object.fromEntries([
      ['@odata.type', row['@odata.type']],
      ...names.filter((key) => key in row).map((key) => [key, row[key]]),
    ]);
  };
  return (row) => {
    const collection = request.tenant.directory.collections[COLLECTION[type as keyof typeof COLLECTION]];
    const index = collection.indexOf(String(row['id']));
    const found = index === null ? null : related(request, index);
    if (found === null) return {};
    return { [name]: Array.isArray(found) ? found.slice(0, EXPANDED_MAX).map(show) : show(found as ObjectRef) };
  };
}
