import { formatCount, formatCounted } from '#lib/domain/format.ts';
import type { DatasetRunDto } from '#lib/domain/run/run.ts';
import { inGroup } from './dataset-groups.ts';

export const SECTIONS_BY = ['none', 'area', 'kind'] as const;
/** By what the datasets of a run are divided into sections. */
export type SectionsBy = (typeof SECTIONS_BY)[number];

export const SECTIONS_BY_LABEL = {
  none: 'Not grouped',
  area: 'Grouped by area',
  kind: 'Grouped by kind',
} satisfies Record<SectionsBy, string>;

const KIND_LABEL = {
  entity: 'Objects',
  relationship: 'Relationships',
  child: 'Child tables',
  events: 'Logs',
} satisfies Record<DatasetRunDto['kind'], string>;

export interface DatasetSection {
  readonly name: string;
  readonly datasets: readonly DatasetRunDto[];
  /** Its datasets and rows in words. */
  readonly summary: string;
}

/** The datasets in sections: areas by name, kinds from objects to logs. Within a section their order stays. */
export function datasetSections(datasets: readonly DatasetRunDto[], by: Exclude<SectionsBy, 'none'>): readonly DatasetSection[] {
  const sections = new Map<string, DatasetRunDto[]>();
  const names = by === 'kind' ? Object.values(KIND_LABEL) : datasets.map(sectionOf.area).toSorted();
  for (const name of names) if (!sections.has(name)) sections.set(name, []);
  for (const dataset of datasets) sections.get(sectionOf[by](dataset))?.push(dataset);
  return [...sections]
    .filter(([, found]) => found.length > 0)
    .map(([name, found]) => ({ name, datasets: found, summary: summaryOf(found) }));
}

const sectionOf = {
  area: ({ area }) => (area === '' ? 'Other' : area),
  // A relationship or child table of a log is one, too: Graph deletes its rows by age.
  kind: ({ area, kind }) => KIND_LABEL[area === 'Logs' ? 'events' : kind],
} satisfies Record<Exclude<SectionsBy, 'none'>, (dataset: DatasetRunDto) => string>;

function summaryOf(datasets: readonly DatasetRunDto[]): string {
  const count = (group: 'problems' | 'under-way' | 'queued' | 'done') => inGroup(datasets, group).length;
  const rows = datasets.reduce((sum, { counts }) => sum + counts.rowsRead, 0);
  const parts = [
    [count('problems'), 'with problems'],
    [count('under-way'), 'under way'],
    [count('queued'), 'queued'],
    [count('done'), 'done'],
  ] as const;
  const states = parts.filter(([number]) => number > 0).map(([number, words]) => `${formatCount(number)} ${words}`);
  return [formatCounted(datasets.length, 'dataset'), ...states, formatCounted(rows, 'row')].join(' · ');
}
