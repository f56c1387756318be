import { type Column, type DatasetDefinition, isColumnRead } from '#lib/domain/dataset/dataset.ts';
import { needsAdvancedQuery } from '#lib/domain/filter/filter.ts';
import { parseFilter } from '#lib/domain/filter/parse-filter.ts';
import { fillPath } from './parent-path.ts';

/** Header for the advanced query store; links do not contain it, so it is sent with every page. */
export const ADVANCED_QUERY_HEADERS = { consistencylevel: 'eventual' } as const;

/** Path with query of a dataset's collection below the Graph base URL: `$select` of what is read, the largest page. */
export function collectionPath(
  dataset: DatasetDefinition,
  columns: readonly Column[],
  options: { readonly parentId?: string; readonly top?: number; readonly part?: string } = {},
): string {
  const { parentId, top, part = '' } = options;
  const path = parentId === undefined ? dataset.path : fillPath(dataset.path, parentId);
  const query = [
    selectOf(dataset, columns),
    dataset.read.expand === null ? null : `$expand=${encodeURIComponent(dataset.read.expand)}`,
    topOf(dataset, top),
    isAdvanced(dataset) ? '$count=true' : null,
    filterOf(dataset, { parentId, part }),
  ].filter((option) => option !== null);
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** Path of the number of rows that pass the dataset's filter and `part`. */
export function countPath(dataset: DatasetDefinition, part = ''): string {
  const filter = filterOf(dataset, { part });
  return filter === null ? `${dataset.path}/$count` : `${dataset.path}/$count?${filter}`;
}

/** Headers that every page of the dataset needs. */
export function headersOf(dataset: DatasetDefinition): Readonly<Record<string, string>> {
  return isAdvanced(dataset) ? ADVANCED_QUERY_HEADERS : {};
}

/** Whether a list needs the advanced query store, for its rows (service principals among members) or for its filter. */
export function isAdvanced({ read, filter, columns }: DatasetDefinition): boolean {
  if (read.advancedQuery) return true;
  if (filter === null) return false;
  const parsed = parseFilter(filter);
  return needsAdvancedQuery(filter, parsed.ok ? parsed.group : null, columns);
}

/** The dataset's own filter, `{id}` in it standing for the parent, and that of a part, both of which have to hold. */
function filterOf({ filter }: DatasetDefinition, { parentId = '', part = '' }: { parentId?: string | undefined; part?: string }) {
  // A quote within a literal is doubled (OData 4.01 URL conventions, section 5.1.1.14.1).
  const own = (filter ?? '').replaceAll('{id}', parentId.replaceAll("'", "''"));
  const both = own !== '' && part !== '' ? `(${own}) and ${part}` : own + part;
  return both === '' ? null : `$filter=${encodeURIComponent(both)}`;
}

/** Columns that a reload reads: the selected ones and the key. */
export function columnsToRead(dataset: DatasetDefinition): readonly Column[] {
  return dataset.columns.filter(isColumnRead);
}

/** Path with query of the collection that a relationship's parents are in: their keys alone, the largest page or `top` of them. */
export function parentsPath({ parent }: DatasetDefinition, top?: number): string {
  const { path = '', key = 'id', select = true, pageSizeMax = 999 } = parent ?? {};
  const query = [
    select ? `$select=${key}` : null,
    pageSizeMax === null ? null : `$top=${Math.min(top ?? pageSizeMax, pageSizeMax)}`,
  ].filter((part) => part !== null);
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** Path with query of one parent, by its key as `joinKeys` writes it: its own key alone. */
export function parentPath({ parent }: DatasetDefinition, parentId: string): string {
  const { path = '', key = 'id', select = true } = parent ?? {};
  return `${fillPath(`${path}/{id}`, parentId)}${select ? `?$select=${key}` : ''}`;
}

/** Path with query of one object of the collection, with the properties that a list of it has. */
export function objectPath(dataset: DatasetDefinition, columns: readonly Column[], id: string): string {
  const { expand } = dataset.read;
  const query = [selectOf(dataset, columns), expand === null ? null : `$expand=${encodeURIComponent(expand)}`].filter(
    (option) => option !== null,
  );
  const path = `${dataset.path}/${encodeURIComponent(id)}`;
  return query.length === 0 ? path : `${path}?${query.join('&')}`;
}

/** Property of the row that a column is taken out of; an annotation names itself. */
export function rootOf({ sourcePath }: Pick<Column, 'sourcePath'>): string {
  return sourcePath.startsWith('@') ? sourcePath : (sourcePath.split(/\.|\[\]/)[0] ?? sourcePath);
}

/** Properties that `$select` names for these columns. Annotations can't be selected: they come by themselves, and so does an expanded object. */
export function selectedProperties({ read }: DatasetDefinition, columns: readonly Column[]): readonly string[] {
  return [...new Set(columns.map(rootOf))].filter((name) => !name.startsWith('@') && name !== read.expand);
}

function selectOf(dataset: DatasetDefinition, columns: readonly Column[]): string | null {
  if (!dataset.read.select) return null;
  const names = selectedProperties(dataset, columns);
  return names.length === 0 ? null : `$select=${names.map(encodeURIComponent).join(',')}`;
}

function topOf({ read }: DatasetDefinition, top: number | undefined): string | null {
  if (read.pageSizeMax === null) return null;
  return `$top=${Math.min(top ?? read.pageSizeMax, read.pageSizeMax)}`;
}
