import type { DatasetRunDto, DatasetRunState } from '#lib/domain/run/run.ts';

export type DatasetGroup = 'all' | 'problems' | 'waiting' | 'under-way' | 'queued' | 'done' | 'cancelled';

const GROUP_LABEL = {
  all: 'All',
  problems: 'With problems',
  waiting: 'Waiting',
  'under-way': 'Under way',
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

/** The groups that contain datasets, `all` first; the chosen one stays also when it is empty. */
export function datasetGroups(datasets: readonly DatasetRunDto[], chosen: DatasetGroup): readonly DatasetGroupOption[] {
  const groups = Object.keys(GROUP_LABEL) as DatasetGroup[];
  return groups
    .map((value) => ({ value, label: GROUP_LABEL[value], count: inGroup(datasets, value).length }))
    .filter(({ value, count }) => count > 0 || value === chosen);
}

export function inGroup(datasets: readonly DatasetRunDto[], group: DatasetGroup): readonly DatasetRunDto[] {
  if (group === 'all') return datasets;
  return datasets.filter((dataset) => (group === 'waiting' ? isWaiting(dataset) : GROUP_OF[dataset.state] === group));
}

function isWaiting({ state, wait }: DatasetRunDto): boolean {
  return state === 'waiting' || wait !== null;
}

/** Datasets whose title or name contains the text, case-insensitively; failed and waiting ones first. */
export function findDatasets(datasets: readonly DatasetRunDto[], text: string): readonly DatasetRunDto[] {
  const wanted = text.trim().toLowerCase();
  const found = datasets.filter(({ title, datasetName }) => `${title} ${datasetName}`.toLowerCase().includes(wanted));
  return [0, 1, 2].flatMap((rank) => found.filter((dataset) => rankOf(dataset) === rank));
}

function rankOf(dataset: DatasetRunDto): number {
  if (dataset.state === 'failed' || dataset.state === 'incomplete') return 0;
  return isWaiting(dataset) ? 1 : 2;
}
