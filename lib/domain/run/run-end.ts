import type { Problem } from '#lib/domain/problem.ts';
import type { DatasetRunState, RunState } from './run.ts';

/**
 * Why a run ends. `cancelled`: a person cancelled it before a worker took it up. `worked`: its worker is through with all datasets.
 * `failed`: its worker can't go on. `lost`: no job of the queue belongs to it any more. `attempt` is the attempt of the worker that
 * reports (see `runs.attempt`): a report of an earlier attempt than the present one ends nothing.
 */
export type RunEndCause =
  | { readonly kind: 'cancelled' }
  | { readonly kind: 'worked'; readonly attempt: number }
  | { readonly kind: 'failed'; readonly attempt: number; readonly problem: Problem }
  | { readonly kind: 'lost'; readonly problem: Problem };

export type RunEndKind = RunEndCause['kind'];

/** `by-datasets`: the states of the dataset runs say it, see `outcomeOf`. */
type Ending = 'failed' | 'cancelled' | 'by-datasets' | null;

const ENDS_NOTHING = { cancelled: null, worked: null, failed: null, lost: null } as const;

/** What a run becomes; null where the cause ends nothing. A final state never changes. */
const ENDINGS = {
  queued: { ...ENDS_NOTHING, cancelled: 'cancelled', lost: 'failed' },
  running: { ...ENDS_NOTHING, worked: 'by-datasets', failed: 'failed', lost: 'failed' },
  // What was published already when the cancel came stays, so the run may still end well.
  cancelling: { ...ENDS_NOTHING, worked: 'by-datasets', failed: 'failed', lost: 'cancelled' },
  done: ENDS_NOTHING,
  partial: ENDS_NOTHING,
  failed: ENDS_NOTHING,
  cancelled: ENDS_NOTHING,
} as const satisfies Record<RunState, Record<RunEndKind, Ending>>;

export interface RunEnd {
  readonly state: Extract<RunState, 'done' | 'partial' | 'failed' | 'cancelled'>;
  /** What dataset runs become that have not ended; null when all have. */
  readonly openDatasets: 'failed' | 'cancelled' | null;
}

/** How a run in `state` ends by `kind`, of the states of its dataset runs; null when it doesn't end. */
export function runEndOf(state: RunState, kind: RunEndKind, datasets: readonly DatasetRunState[]): RunEnd | null {
  const ending: Ending = ENDINGS[state][kind];
  if (ending === null) return null;
  const open = state === 'cancelling' || ending === 'cancelled' ? 'cancelled' : 'failed';
  const openDatasets = datasets.every((dataset) => ENDED_DATASET_STATES.has(dataset)) ? null : open;
  if (ending !== 'by-datasets') return { state: ending, openDatasets: openDatasets === null ? null : ending };
  return { state: outcomeOf(datasets.map((dataset) => (ENDED_DATASET_STATES.has(dataset) ? dataset : open))), openDatasets };
}

/** How a run ended, of how its datasets did. One that failed doesn't lose the rest; one that was cancelled makes the run cancelled. */
function outcomeOf(datasets: readonly DatasetRunState[]): RunEnd['state'] {
  if (datasets.every((dataset) => dataset === 'done')) return 'done';
  if (datasets.includes('cancelled')) return 'cancelled';
  return datasets.some((dataset) => dataset === 'done' || dataset === 'partial') ? 'partial' : 'failed';
}

/** A dataset run in one of them never changes. */
export const ENDED_DATASET_STATES: ReadonlySet<DatasetRunState> = new Set([
  'done',
  'partial',
  'failed',
  'incomplete',
  'cancelled',
]);
