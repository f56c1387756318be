import type { Column, DatasetDefinition } from '#lib/domain/dataset.ts';

/** Header that the advanced query store wants; a link doesn't carry it, so it is sent with every page. */
export const ADVANCED = { consistencylevel: 'eventual' } as const;

/** Path with query of a dataset's collection below the Graph base URL: `$select` of what is read, the largest page. */
export function collectionPath(
  dataset: DatasetDefinition,
  columns: readonly Column[],
  options: { readonly parentId?: string; readonly top?: number } = {},
): string {
  const { parentId, top } = options;
  const path = parentId === undefined ? dataset.path : dataset.path.replace('{id}', encodeURIComponent(parentId));
  const query = [selectOf(dataset, columns), topOf(dataset, top), dataset.read.advancedQuery ? '$count=true' : null].filter(
    (part) => part !== null,
  );
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** Columns that a reload reads: the selected ones and the key. */
export function columnsToRead(dataset: DatasetDefinition): readonly Column[] {
  return dataset.columns.filter((column) => column.selected || column.key);
}

function selectOf(dataset: DatasetDefinition, columns: readonly Column[]): string | null {
  if (!dataset.read.select) return null;
  // Annotations can't be selected: they come by themselves.
  const properties = columns.map((column) => column.sourcePath).filter((path) => !path.startsWith('@'));
  const names = new Set(properties.map((path) => path.split('.')[0] ?? path));
  return names.size === 0 ? null : `$select=${[...names].map(encodeURIComponent).join(',')}`;
}

function topOf({ read }: DatasetDefinition, top: number | undefined): string | null {
  if (read.pageSizeMax === null) return null;
  return `$top=${Math.min(top ?? read.pageSizeMax, read.pageSizeMax)}`;
}
