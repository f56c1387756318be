import { type DatasetArea, ReadOptions } from '#lib/domain/dataset.ts';

/** What we know of a collection beyond $metadata. Sources: Graph API reference, permissions reference, throttling limits. */
export interface CatalogEntry {
  readonly name: string;
  readonly title: string;
  readonly area: DatasetArea;
  readonly description: string;
  readonly path: string;
  readonly entityType: string;
  readonly parent: { readonly path: string; readonly column: string } | null;
  /** Delegated permissions, any of which will do; the least one first. */
  readonly permissions: readonly string[];
  /** Application permissions where they are called otherwise, the least one first; default: as `permissions`. */
  readonly applicationPermissions?: readonly string[];
  readonly licence: string | null;
  readonly read: ReadOptions;
  /** Properties selected unless a person chooses otherwise. */
  readonly select: readonly string[];
  /** Properties that only come when $select names them; `all` = every one that isn't in `defaults`. */
  readonly defaults?: readonly string[];
  /** Properties that $metadata has but a list refuses (501 NotImplemented, or Exchange-backed). */
  readonly denied?: readonly string[];
  /** Further words on a column. */
  readonly notes?: Readonly<Record<string, string>>;
}

/** Directory collections: 100 rows a page, 999 at most. */
export const DIRECTORY: ReadOptions = ReadOptions.parse({
  pageSizeMax: 999,
  select: true,
  advancedQuery: false,
  countable: true,
  delta: false,
});
export const DIRECTORY_DELTA: ReadOptions = { ...DIRECTORY, delta: true };
/** Small collections without paging and counting. */
export const SMALL: ReadOptions = ReadOptions.parse({
  pageSizeMax: null,
  select: true,
  advancedQuery: false,
  countable: false,
  delta: false,
});
/** Small collections that refuse every query option. */
export const BARE: ReadOptions = { ...SMALL, select: false };
/** Children of a parent: no count over all parents. */
export const CHILDREN: ReadOptions = { ...DIRECTORY, countable: false };
/** As CHILDREN, where a plain list leaves service principals out. */
export const CHILDREN_ADVANCED: ReadOptions = { ...CHILDREN, advancedQuery: true };

/** A list of directory objects of any type below a parent. */
export function members(entry: {
  readonly name: string;
  readonly title: string;
  readonly area: DatasetArea;
  readonly description: string;
  readonly parentPath: string;
  readonly column: string;
  readonly relation: string;
  readonly permissions: readonly string[];
  readonly read?: ReadOptions;
}): CatalogEntry {
  const { parentPath, column, relation, read = CHILDREN, ...rest } = entry;
  return {
    ...rest,
    path: `${parentPath}/{id}/${relation}`,
    entityType: 'microsoft.graph.directoryObject',
    parent: { path: parentPath, column },
    licence: null,
    read,
    select: ['id'],
  };
}
