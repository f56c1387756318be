import {
  type DatasetCounts,
  type DatasetRunDto,
  NO_COUNTS,
  NONE_REJECTED,
  NONE_UNPROVEN,
  type RunDto,
} from '#lib/domain/run/run.ts';

/** Usual values of a run's dataset. */
const USUAL = {
  kind: 'entity',
  state: 'done',
  startedAt: null,
  endedAt: null,
  problem: null,
  notes: [],
  incremental: false,
  unread: [],
  unproven: NONE_UNPROVEN,
  rejected: NONE_REJECTED,
  drift: [],
  wait: null,
} as const satisfies Partial<DatasetRunDto>;

type CompactDataset = Pick<DatasetRunDto, 'id' | 'datasetId' | 'datasetName' | 'title' | 'area'> &
  Partial<Omit<DatasetRunDto, 'counts'>> & { readonly counts?: Partial<DatasetCounts> };

/** A run as its page transfers it: without members that have the usual values. */
export type CompactRun = Omit<RunDto, 'datasets'> & { readonly datasets: readonly CompactDataset[] };

export function compactRun(run: RunDto): CompactRun {
  return {
    ...run,
    datasets: run.datasets.map(({ id, datasetId, datasetName, title, area, counts, ...rest }) => {
      const figures = without(counts, NO_COUNTS);
      return {
        ...{ id, datasetId, datasetName, title, area },
        ...without(rest, USUAL),
        ...(Object.keys(figures).length === 0 ? {} : { counts: figures }),
      };
    }),
  };
}

export function expandRun(run: CompactRun): RunDto {
  const datasets = run.datasets.map((dataset) => ({ ...USUAL, ...dataset, counts: { ...NO_COUNTS, ...dataset.counts } }));
  return { ...run, datasets };
}

/** The members of `all` that differ from those of `usual`. */
function without<T extends object>(all: T, usual: T | object): Partial<T> {
  const known = usual as Readonly<Record<string, unknown>>;
  const differs = ([name, value]: [string, unknown]) => JSON.stringify(value) !== JSON.stringify(known[name]);
  return Object.fromEntries(Object.entries(all).filter(differs)) as Partial<T>;
}
