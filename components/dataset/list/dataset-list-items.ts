import { DatasetArea } from '#lib/domain/dataset/dataset.ts';
import type { DatasetEntry } from '../dataset-entry.ts';
import type { SearchHit } from './dataset-search.ts';

/** Heads and lines of the dataset list, in display order. */
export type DatasetListItem = AreaItem | EntryItem;

export interface AreaItem {
  readonly kind: 'area';
  /** Unique; also identifies the group for folding. */
  readonly key: string;
  readonly title: string;
  /** Whether the group has offers instead of datasets. */
  readonly offered: boolean;
  readonly open: boolean;
  readonly entries: readonly DatasetEntry[];
}

export interface EntryItem {
  readonly kind: 'entry';
  readonly key: string;
  readonly entry: DatasetEntry;
  readonly column: string | null;
}

export interface ListLayout {
  /** Whether there is a search: groups are then sorted by their best match, and all of them are open. */
  readonly searching: boolean;
  /** Groups that a person folded or unfolded, by key; the others are as `isOpenAtFirst`. */
  readonly folded: ReadonlyMap<string, boolean>;
}

/** Groups of offers are initially folded, since there are many hundreds. */
function isOpenAtFirst(offered: boolean): boolean {
  return !offered;
}

const KIND_ORDER = ['entity', 'relationship', 'child', 'events'] as const satisfies DatasetEntry['kind'][];

/** Collections before relationships; the collection with the name of its area first, then by depth of the path, then by title. */
export function compareEntries(a: DatasetEntry, b: DatasetEntry): number {
  const depth = ({ path, name, area }: DatasetEntry) => (name === area.toLowerCase() ? 0 : path.split('/').length);
  return KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || depth(a) - depth(b) || a.title.localeCompare(b.title, 'en');
}

/**
 * The list: datasets of the connection by area, then offers by area. Without a search in the order of the entries;
 * with one the best matches come first.
 */
export function listItems(hits: readonly SearchHit[], { searching, folded }: ListLayout): readonly DatasetListItem[] {
  const groups = [false, true].flatMap((offered) =>
    DatasetArea.options.map((area) => ({ area, offered, hits: [] as SearchHit[] })),
  );
  const byKey = new Map(groups.map((group) => [`${group.offered}${group.area}`, group]));
  for (const hit of hits) byKey.get(`${hit.entry.id === null}${hit.entry.area}`)?.hits.push(hit);
  const filled = groups.filter((group) => group.hits.length > 0);
  if (searching) {
    for (const group of filled) group.hits.sort((a, b) => b.score - a.score);
    filled.sort((a, b) => Number(a.offered) - Number(b.offered) || (b.hits[0]?.score ?? 0) - (a.hits[0]?.score ?? 0));
  }
  return filled.flatMap(({ area, offered, hits: found }): DatasetListItem[] => {
    const key = offered ? `more:${area}` : area;
    const open = folded.get(key) ?? (searching || isOpenAtFirst(offered));
    const head: AreaItem = { kind: 'area', key, title: area, offered, open, entries: found.map((hit) => hit.entry) };
    if (!open) return [head];
    return [head, ...found.map(({ entry, column }): EntryItem => ({ kind: 'entry', key: entry.key, entry, column }))];
  });
}

/** How much of a group is selected: the state of its check box. */
export function groupSelection(entries: readonly { readonly selected: boolean }[]): boolean | 'indeterminate' {
  const selected = entries.filter((entry) => entry.selected).length;
  if (selected === 0) return false;
  return selected === entries.length ? true : 'indeterminate';
}

/** Keys of the entries from one to another, inclusive, in list order: the range of a Shift click. If one is absent: only the other. */
export function rangeOf(items: readonly DatasetListItem[], from: string | null, to: string): readonly string[] {
  const keys = items.flatMap((item) => (item.kind === 'entry' ? [item.key] : []));
  const [a, b] = [from === null ? -1 : keys.indexOf(from), keys.indexOf(to)];
  if (a < 0 || b < 0) return [to];
  return keys.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** Index of the item that a key moves the focus to; null when the key does not move it. */
export function moveInList(items: readonly DatasetListItem[], from: number, key: string): number | null {
  const last = items.length - 1;
  const to =
    key === 'ArrowDown'
      ? from + 1
      : key === 'ArrowUp'
        ? from - 1
        : key === 'Home'
          ? 0
          : key === 'End'
            ? last
            : key === 'PageDown'
              ? from + 12
              : key === 'PageUp'
                ? from - 12
                : null;
  return to === null || last < 0 ? null : Math.min(last, Math.max(0, to));
}
