import { DatasetArea } from '#lib/domain/dataset/dataset.ts';
import type { DatasetEntry } from '../dataset-entry.ts';
import type { SearchHit } from './dataset-search.ts';

/** Heads and lines of the dataset list, in the order in which they are drawn. */
export type DatasetListItem = AreaItem | EntryItem;

export interface AreaItem {
  readonly kind: 'area';
  /** Unique: also names the group when it is folded. */
  readonly key: string;
  readonly title: string;
  /** Of $metadata, not of the connection. */
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
  /** Something is searched for: groups stand by their best hit, and all of them are open. */
  readonly searching: boolean;
  /** Groups that a person folded or unfolded, by key; the others are as `isOpenAtFirst`. */
  readonly folded: ReadonlyMap<string, boolean>;
}

/** What is offered stays folded until somebody wants it: there are many hundreds. */
function isOpenAtFirst(offered: boolean): boolean {
  return !offered;
}

const KIND_ORDER = ['entity', 'relationship', 'child', 'events'] as const satisfies DatasetEntry['kind'][];

/** Collections before what hangs on them; the one that its area is named after first, then those nearer to the root, then by title. */
export function compareEntries(a: DatasetEntry, b: DatasetEntry): number {
  const depth = ({ path, name, area }: DatasetEntry) => (name === area.toLowerCase() ? 0 : path.split('/').length);
  return KIND_ORDER.indexOf(a.kind) - KIND_ORDER.indexOf(b.kind) || depth(a) - depth(b) || a.title.localeCompare(b.title, 'en');
}

/**
 * The list: what the connection has by area, then what $metadata offers besides by area. Without a search the order of the entries
 * holds; with one the best hits come first.
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

/** How much of a group is chosen: the check box of its head. */
export function groupSelection(entries: readonly { readonly selected: boolean }[]): boolean | 'indeterminate' {
  const selected = entries.filter((entry) => entry.selected).length;
  if (selected === 0) return false;
  return selected === entries.length ? true : 'indeterminate';
}

/** Keys of the entries between two, both included, in the order of the list: what Shift chooses. One that isn't there: the other alone. */
export function rangeOf(items: readonly DatasetListItem[], from: string | null, to: string): readonly string[] {
  const keys = items.flatMap((item) => (item.kind === 'entry' ? [item.key] : []));
  const [a, b] = [from === null ? -1 : keys.indexOf(from), keys.indexOf(to)];
  if (a < 0 || b < 0) return [to];
  return keys.slice(Math.min(a, b), Math.max(a, b) + 1);
}

/** Where a key moves the focus, by the index of the focused item; null when the key doesn't move it. */
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
