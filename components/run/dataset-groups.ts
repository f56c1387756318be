import type { DatasetRunDto, DatasetRunState } from '#lib/domain/run/run.ts';

export type DatasetGroup = 'all' | 'under-way' | 'problems' | 'queued' | 'done' | 'cancelled';

const GROUP_LABEL = {
  all: 'All',
  'under-way': 'Under way',
  problems: 'With problems',
  queued: 'Queued',
  done: 'Done',
  cancelled: 'Cancelled',
} satisfies Record<DatasetGroup, string>;

const GROUP_OF = {
  queued: 'queued',
  waiting: 'under-way',
  reading: 'under-way',
  publishing: 'under-way',
  done: 'done',
  partial: 'problems',
  failed: 'problems',
  incomplete: 'problems',
  cancelled: 'cancelled',
} satisfies Record<DatasetRunState, DatasetGroup>;

export interface DatasetGroupOption {
  readonly value: DatasetGroup;
  readonly label: string;
  readonly count: number;
}

/** The groups that have datasets, all of them first; the chosen one stays also when it has become empty. */
export function datasetGroups(datasets: readonly DatasetRunDto[], chosen: DatasetGroup): readonly DatasetGroupOption[] {
  const groups = Object.keys(GROUP_LABEL) as DatasetGroup[];
  return groups
    .map((value) => ({ value, label: GROUP_LABEL[value], count: inGroup(datasets, value).length }))
    .filter(({ value, count }) => count > 0 || value === chosen);
}

export function inGroup(datasets: readonly DatasetRunDto[], group: DatasetGroup): readonly DatasetRunDto[] {
  return group === 'all' ? datasets : datasets.filter(({ state }) => GROUP_OF[state] === group);
}
