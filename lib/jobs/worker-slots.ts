import { DATASET_CONCURRENCY } from '#lib/domain/run/dataset-concurrency.ts';
import { createSlots, type Slot, type SlotLimits } from '#lib/platform/async/slots.ts';

/** Maximum number of open datasets of one run, including those that wait for a quota. */
const RUN_OPEN_MAX = 2 * DATASET_CONCURRENCY;
/** A run counts as idle after all its open datasets have waited for this long, milliseconds. */
const IDLE_AFTER_MS = 2000;

/** The slots of one run: one per open dataset. */
export interface RunSlots {
  /** Resolves with a slot for one dataset. Rejects with the signal's reason when that aborts before. */
  acquire(signal: AbortSignal): Promise<Slot>;
  /** Call at the end of the run. */
  end(): void;
}

/** Slots that the runs of one worker share: memory limits the number of concurrent datasets. */
export interface WorkerSlots {
  /**
   * @param run.group runs of one group (a connection) together get as many slots as another group.
   * @param run.priority datasets of runs with a higher priority get slots first.
   * @param run.onIdle called when all open datasets of the run wait, and when one continues.
   */
  openRun(run: { readonly group: string; readonly priority: number; readonly onIdle?: (isIdle: boolean) => void }): RunSlots;
}

/**
 * @param datasets maximum number of working datasets of all runs; @param runs maximum number of runs, including idle ones.
 * @param onChange called after each change of the number of working datasets.
 */
export function createWorkerSlots({
  datasets,
  runs,
  onChange,
}: Pick<SlotLimits, 'onChange'> & { readonly datasets: number; readonly runs: number }): WorkerSlots {
  const shared = createSlots({
    active: datasets,
    open: Math.max(datasets, runs * RUN_OPEN_MAX),
    ...(onChange === undefined ? {} : { onChange }),
  });
  return {
    openRun({ group, priority, onIdle = () => undefined }) {
      const idle = delayed(onIdle);
      const own = createSlots({
        active: DATASET_CONCURRENCY,
        open: RUN_OPEN_MAX,
        onChange: ({ active, open }) => idle.set(active === 0 && open > 0),
      });
      return {
        async acquire(signal) {
          const ofRun = await own.acquire({ signal });
          try {
            return both(ofRun, await shared.acquire({ group, priority, signal }));
          } catch (error) {
            ofRun.release();
            throw error;
          }
        },
        end: () => idle.end(),
      };
    },
  };
}

function both(a: Slot, b: Slot): Slot {
  const each = (of: keyof Slot) => (): void => {
    a[of]();
    b[of]();
  };
  return { suspend: each('suspend'), resume: each('resume'), release: each('release') };
}

/** Calls `onChange(true)` after a state has lasted IDLE_AFTER_MS, and `onChange(false)` as soon as it ends. */
function delayed(onChange: (value: boolean) => void): { set(value: boolean): void; end(): void } {
  let timer: NodeJS.Timeout | null = null;
  let reported = false;
  const report = (value: boolean): void => {
    timer = null;
    if (reported === value) return;
    reported = value;
    onChange(value);
  };
  const set = (value: boolean): void => {
    if (value) {
      timer ??= setTimeout(report, IDLE_AFTER_MS, true).unref();
      return;
    }
    if (timer !== null) clearTimeout(timer);
    report(false);
  };
  return { set, end: () => set(false) };
}
