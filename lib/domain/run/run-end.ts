import type { Problem } from '#lib/domain/problem.ts';
import type { DatasetRunState, RunState } from './run.ts';

/**
 * Why a run ends. `cancelled`: a person cancelled it before a worker claimed it. `worked`: its worker has processed all datasets.
 * `failed`: its worker cannot continue. `lost`: no job of the queue belongs to it any more. `attempt` is the attempt of the worker that
 * reports (see `runs.attempt`): a report of an attempt before the current one ends nothing.
 */
export type RunEndCause =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'worked'; readonly attempt: number }
  | { readonly kind: 'failed'; readonly attempt: number; readonly problem: Problem }
  | { readonly kind: 'lost'; readonly problem: Problem };

export type RunEndKind = RunEndCause['kind'];

/** `by-datasets`: the states of the dataset runs decide, see `outcomeOf`. */
type Ending = 'failed' | 'cancelled' | 'by-datasets' | null;

const ENDS_NOTHING = { cancelled: null, worked: null, failed: null, lost: null } as const;

/** The final state of a run; null where the cause does not end it. A final state never changes. */
const ENDINGS = {
  queued: { ...ENDS_NOTHING, cancelled: 'cancelled', lost: 'failed' },
  running: { ...ENDS_NOTHING, worked: 'by-datasets', failed: 'failed', lost: 'failed' },
  // Datasets that were published before the cancellation stay published, so the run may still end as done.
  cancelling: { ...ENDS_NOTHING, worked: 'by-datasets', failed: 'failed', lost: 'cancelled' },
  done: ENDS_NOTHING,
  partial: ENDS_NOTHING,
  failed: ENDS_NOTHING,
  cancelled: ENDS_NOTHING,
} as const satisfies Record<RunState, Record<RunEndKind, Ending>>;

export interface RunEnd {
  readonly state: Extract<RunState, 'done' | 'partial' | 'failed' | 'cancelled'>;
  /** New state of dataset runs that have not ended; null when all have. */
  readonly openDatasets: 'failed' | 'cancelled' | null;
}

/** How a run in `state` ends by `kind`, given the states of its dataset runs; null when it does not end. */
export function runEndOf(state: RunState, kind: RunEndKind, datasets: readonly DatasetRunState[]): RunEnd | null {
  const ending: Ending = ENDINGS[state][kind];
  if (ending === null) return null;
  const open = state === 'cancelling' || ending === 'cancelled' ? 'cancelled' : 'failed';
  const openDatasets = datasets.every((dataset) => ENDED_DATASET_STATES.has(dataset)) ? null : open;
  if (ending !== 'by-datasets') return { state: ending, openDatasets: openDatasets === null ? null : ending };
  return { state: outcomeOf(datasets.map((dataset) => (ENDED_DATASET_STATES.has(dataset) ? dataset : open))), openDatasets };
}

/**
 * The final state of a run, given the states of its datasets. A failed dataset does not discard the others; a cancelled one makes the run cancelled.
 */
function outcomeOf(datasets: readonly DatasetRunState[]): RunEnd['state'] {
  if (datasets.every((dataset) => dataset === 'done')) return 'done';
  if (datasets.includes('cancelled')) return 'cancelled';
  return datasets.some((dataset) => dataset === 'done' || dataset === 'partial') ? 'partial' : 'failed';
}

/** Final states of a dataset run. */
export const ENDED_DATASET_STATES: ReadonlySet<DatasetRunState> = new Set([
  'done',
  'partial',
  'failed',
  'incomplete',
  'cancelled',
]);
