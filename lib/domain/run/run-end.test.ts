import { describe, expect, it } from 'vitest';
import { DatasetRunState, RunState } from './run.ts';
import { ENDED_DATASET_STATES, type RunEndKind, runEndOf } from './run-end.ts';

const KINDS = ['cancelled', 'worked', 'failed', 'lost'] as const satisfies readonly RunEndKind[];
const OPEN = DatasetRunState.options.filter((state) => !ENDED_DATASET_STATES.has(state));

/** For each state of a run and each cause: the next state with all datasets done / with one that has not ended. `-`: no change. */
const TABLE = `
              cancelled              worked              failed          lost
  queued      cancelled/cancelled    -/-                 -/-             failed/failed
  running     -/-                    done/partial        failed/failed   failed/failed
  cancelling  -/-                    done/cancelled      failed/failed   cancelled/cancelled
  done        -/-                    -/-                 -/-             -/-
  partial     -/-                    -/-                 -/-             -/-
  failed      -/-                    -/-                 -/-             -/-
  cancelled   -/-                    -/-                 -/-             -/-
`;

const ROWS = TABLE.trim()
  .split('\n')
  .slice(1)
  .map((line) => line.trim().split(/\s+/))
  .flatMap(([state, ...ends]) =>
    KINDS.map((kind, index) => {
      const [whole, open] = (ends[index] ?? '').split('/');
      return [state, kind, whole, open] as const;
    }),
  );

describe('the end of a run', () => {
  it('is decided for every state and every cause', () => {
    expect(new Set(ROWS.map(([state]) => state))).toEqual(new Set(RunState.options));
    expect(ROWS).toHaveLength(RunState.options.length * KINDS.length);
  });

  it.each(ROWS)('%s, %s: %s with all datasets done, %s with one open', (state, kind, whole, open) => {
    const end = (datasets: readonly DatasetRunState[]) => runEndOf(RunState.parse(state), kind, datasets);
    expect(end(['done', 'done'])?.state ?? '-').toBe(whole);
    expect(end(['done', 'done'])?.openDatasets ?? null).toBeNull();
    for (const dataset of OPEN) expect(end(['done', dataset])?.state ?? '-', dataset).toBe(open);
  });

  it.each(KINDS)('by %s leaves no dataset run open: they are cancelled with the run, else they failed', (kind) => {
    for (const state of RunState.options) {
      const end = runEndOf(state, kind, ['done', 'reading']);
      const cancelled = end?.state === 'cancelled' || (state === 'cancelling' && kind === 'worked');
      if (end !== null) expect(end.openDatasets, state).toBe(cancelled ? 'cancelled' : 'failed');
    }
  });

  it.each<[readonly DatasetRunState[], string]>([
    [['done', 'done'], 'done'],
    [['done', 'failed'], 'partial'],
    [['done', 'incomplete'], 'partial'],
    [['partial', 'partial'], 'partial'],
    [['failed', 'incomplete'], 'failed'],
    [['done', 'cancelled'], 'cancelled'],
    [['failed', 'cancelled'], 'cancelled'],
  ])('of datasets that are %s is %s', (datasets, state) => {
    expect(runEndOf('running', 'worked', datasets)).toEqual({ state, openDatasets: null });
  });
});
