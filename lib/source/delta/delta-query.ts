import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { columnOf, type FilterNode } from '#lib/domain/filter/filter.ts';
import { parseFilter } from '#lib/domain/filter/parse-filter.ts';
import type { ChangeScope } from '#lib/reload/engine/ports.ts';
import { columnsToRead, isAdvanced, rootOf, selectedProperties } from '#lib/source/dataset-request.ts';

/** Kept outside of the directory's own store, so that delta query does not report their changes (Graph docs "Use delta query", limitations). */
const UNTRACKED_PROPERTIES = new Set([
  'signInActivity',
  'customSecurityAttributes',
  'licenseAssignmentStates',
  'print',
  'mailboxSettings',
]);
/** Columns of group members that only a change of the membership can change. */
const MEMBERSHIP_PATHS = new Set(['@parent.id', 'id', '@odata.type', 'appId', 'deviceId']);
/** Properties of members that may change without a change of the membership, by collection. */
const MEMBER_PROPERTIES: readonly { readonly collection: string; readonly properties: readonly string[] }[] = [
  { collection: '/users', properties: ['displayName', 'userPrincipalName', 'mail'] },
  { collection: '/groups', properties: ['displayName', 'mail'] },
  { collection: '/devices', properties: ['displayName'] },
  { collection: '/servicePrincipals', properties: ['displayName'] },
  { collection: '/contacts', properties: ['displayName', 'mail'] },
];

/** A collection that delta query is asked about. */
export interface DeltaCollection {
  readonly collection: string;
  /** Names for `$select`: only their changes are reported. Empty: all. */
  readonly select: readonly string[];
}

/** What is asked of delta query for a dataset. */
export interface DeltaQuery extends ChangeScope {
  /** Reports ids of the scope. */
  readonly own: DeltaCollection;
  /** Report ids of members: the groups that contain them are changed. */
  readonly members: readonly DeltaCollection[];
}

/**
 * How delta query reports changes of a dataset: rows of a directory collection (or items of their properties) by id, members of groups by
 * group; null without delta query.
 */
export function changeScope(dataset: DatasetDefinition): ChangeScope | null {
  const query = deltaQueryOf(dataset);
  return query === null ? null : { column: query.column, untracked: query.untracked };
}

export function deltaQueryOf(dataset: DatasetDefinition): DeltaQuery | null {
  if (dataset.parent === null) return collectionQuery(dataset);
  return dataset.path === '/groups/{id}/members' && dataset.child === null ? membersQuery(dataset) : null;
}

/** The rows of a directory collection, or the items of one of their properties, by the id of the object. */
function collectionQuery(dataset: DatasetDefinition): DeltaQuery | null {
  const { delta, expand, select } = dataset.read;
  const columns = columnsToRead(dataset);
  const key = columns.find((column) => column.key && column.sourcePath === 'id');
  const others = columns.filter((column) => column.key && column !== key);
  if (!delta || key === undefined || (others.length > 0 && dataset.child === null)) return null;
  // Of what can be expanded, only the manager of a user is watched; without $select everything else is.
  const isTracked = (name: string): boolean => !UNTRACKED_PROPERTIES.has(name) && (name !== expand || name === 'manager');
  const filtered = filteredBy(dataset);
  if (filtered === null) return null;
  const names = new Set([...selectedProperties(dataset, columns), ...(expand === 'manager' ? [expand] : []), ...filtered]);
  const untracked = [
    ...columns.filter((column) => !isTracked(rootOf(column))).map(({ name }) => name),
    ...filtered.filter((name) => !isTracked(name)),
  ];
  const own = { collection: dataset.path, select: select ? [...names].filter(isTracked) : [] };
  return { own, members: [], column: key.name, untracked: [...new Set(untracked)] };
}

function membersQuery(dataset: DatasetDefinition): DeltaQuery | null {
  const columns = columnsToRead(dataset);
  const parentKey = columns.find((column) => column.sourcePath === '@parent.id');
  // Whether a member passes a filter may depend on anything of it.
  if (parentKey === undefined || dataset.filter !== null) return null;
  const others = columns.filter(({ sourcePath }) => !MEMBERSHIP_PATHS.has(sourcePath));
  const members = MEMBER_PROPERTIES.map(({ collection, properties }) => ({
    collection,
    select: properties.filter((name) => others.some(({ sourcePath }) => sourcePath === name)),
  })).filter(({ select }) => select.length > 0);
  const tracked = new Set(members.flatMap(({ select }) => select));
  const untracked = others.filter(({ sourcePath }) => !tracked.has(sourcePath)).map(({ name }) => name);
  return { own: { collection: '/groups', select: ['members'] }, members, column: parentKey.name, untracked };
}

/**
 * Properties in the dataset's filter; null when reading changes cannot apply it: it could not be parsed, or it needs the
 * advanced query store, which may lag behind a change that delta query reports (Graph docs "Advanced query capabilities").
 */
function filteredBy(dataset: DatasetDefinition): readonly string[] | null {
  if (dataset.filter === null) return [];
  const parsed = parseFilter(dataset.filter);
  if (!parsed.ok || isAdvanced(dataset)) return null;
  const names = pathsOf(parsed.group).map((path) => {
    const column = columnOf(path, dataset.columns);
    return column === undefined ? (path.split('/')[0] ?? path) : rootOf(column);
  });
  return [...new Set(names)];
}

function pathsOf(node: FilterNode): readonly string[] {
  return node.kind === 'condition' ? [node.path] : node.items.flatMap(pathsOf);
}
