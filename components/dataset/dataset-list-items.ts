import type { DatasetArea, DatasetSummaryDto } from '#lib/domain/dataset.ts';

/** A line of the dataset list: the head of an area, or a dataset under it. */
export type DatasetListItem =
  | { readonly kind: 'area'; readonly area: DatasetArea; readonly datasets: readonly DatasetSummaryDto[] }
  | { readonly kind: 'dataset'; readonly dataset: DatasetSummaryDto };

const AREA_ORDER = [
  'Users',
  'Groups',
  'Applications',
  'Roles',
  'Devices',
  'Tenant',
  'Policies',
  'Protection',
  'Governance',
  'Logs',
  'Other',
] as const satisfies DatasetArea[];

/**
 * Datasets that have every word of `query` in their name, title, path or a permission, by area. Within an area the collections stand
 * before their relationships, else the order of the catalogue holds.
 */
export function listItems(datasets: readonly DatasetSummaryDto[], query: string): readonly DatasetListItem[] {
  const words = query.toLowerCase().split(/\s+/).filter(Boolean);
  const found = datasets.filter((dataset) => matches(dataset, words));
  return AREA_ORDER.flatMap((area): DatasetListItem[] => {
    const members = found.filter((dataset) => dataset.area === area);
    if (members.length === 0) return [];
    return [{ kind: 'area', area, datasets: members }, ...members.map((dataset) => ({ kind: 'dataset' as const, dataset }))];
  });
}

function matches(dataset: DatasetSummaryDto, words: readonly string[]): boolean {
  const text = [dataset.name, dataset.title, dataset.path, dataset.area, ...dataset.permissions].join('\n').toLowerCase();
  return words.every((word) => text.includes(word));
}

/** How much of a group is chosen: the check box of its head. */
export function groupSelection(datasets: readonly { readonly selected: boolean }[]): boolean | 'indeterminate' {
  const selected = datasets.filter((dataset) => dataset.selected).length;
  if (selected === 0) return false;
  return selected === datasets.length ? true : 'indeterminate';
}

/** The datasets that a dataset is read below, and those read below it. */
export interface Relations<T> {
  readonly parent: T | null;
  readonly children: readonly T[];
}

/** Relations by path: `/groups/{id}/members` is read below `/groups`. */
export function relationsOf<T extends { readonly path: string }>(
  dataset: { readonly path: string; readonly parent: { readonly path: string } | null },
  all: readonly T[],
): Relations<T> {
  return {
    parent: all.find((other) => dataset.parent !== null && other.path === dataset.parent.path) ?? null,
    children: all.filter((other) => other.path.startsWith(`${dataset.path}/{id}/`)),
  };
}
