import { setTimeout as sleep } from 'node:timers/promises';
import { type DatasetRunDto, FINAL_RUN_STATES, type RunDto } from '#lib/domain/run/run.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import type { Watch } from '#lib/platform/postgres/notifications.ts';
import { findDatasetRuns, findRunHeader, listDatasetRunVersions, toDatasetRunDto, toRunOf } from '#lib/store/run/runs.ts';

/** A run that nobody reported to have changed is read again after this long all the same, milliseconds: a notification may be lost. */
const LOOK_AGAIN_MS = 10_000;

/** What a viewer of a run is sent: `run` has all of its datasets, `change` those that changed since the event before. */
export interface RunUpdate {
  readonly event: 'run' | 'change';
  readonly run: RunDto;
}

/** A run as it goes on. It is read once for all of its viewers in this process, and only while it has any. */
export interface RunFeed {
  /** Ends with the run or with `signal`. A slow viewer gets several changes as one. @throws when the run can't be read (any more). */
  watch(signal: AbortSignal): AsyncGenerator<RunUpdate>;
}

interface KnownDataset {
  readonly version: string;
  /** Number of the reading in which it was found changed. */
  readonly changedIn: number;
  readonly dataset: DatasetRunDto;
}

interface Reading {
  /** Counts the readings that found something changed, from 1. */
  readonly number: number;
  readonly run: RunDto;
  readonly known: ReadonlyMap<string, KnownDataset>;
}

/** Makes the feed of a run. `onIdle` is called when its last viewer has left. */
export function createRunFeed(of: {
  readonly db: Db;
  readonly runId: string;
  /** Least time between two readings, milliseconds. */
  readonly everyMs: number;
  /** Says when the run has changed; without it the run is read every `everyMs`. */
  readonly watch?: Watch | undefined;
  readonly onIdle: () => void;
}): RunFeed {
  const { db, runId, everyMs, watch, onIdle } = of;
  let idle = new AbortController();
  let viewers = 0;
  let reading: Reading | null = null;
  let failure: Error | null = null;
  let changed = Promise.withResolvers<void>();

  const wake = () => {
    changed.resolve();
    changed = Promise.withResolvers();
  };

  async function keepReading(nobody: AbortSignal): Promise<void> {
    try {
      while (!nobody.aborted) {
        const next = await readRun(db, runId, reading);
        if (nobody.aborted) return;
        const isNew = next.number !== reading?.number;
        reading = next;
        if (isNew) wake();
        if (FINAL_RUN_STATES.has(next.run.state)) return;
        await sleep(everyMs, undefined, { signal: nobody }).catch(() => undefined);
        await watch?.next(LOOK_AGAIN_MS, nobody);
      }
    } catch (error) {
      if (nobody.aborted) return;
      failure = error instanceof Error ? error : new Error('the run could not be read', { cause: error });
      wake();
    }
  }

  function start(): void {
    idle = new AbortController();
    reading = null;
    failure = null;
    void keepReading(idle.signal);
  }

  /** The first reading after the one with number `seen`; null when `signal` aborts before. */
  async function readingAfter(seen: number, signal: AbortSignal): Promise<Reading | null> {
    for (;;) {
      if (signal.aborted) return null;
      if (reading !== null && reading.number > seen) return reading;
      if (failure !== null) throw failure;
      await changed.promise;
    }
  }

  return {
    async *watch(signal) {
      viewers += 1;
      if (viewers === 1) start();
      signal.addEventListener('abort', wake, { once: true });
      try {
        for (let seen = 0; ; ) {
          const next = await readingAfter(seen, signal);
          if (next === null) return;
          yield seen === 0 ? { event: 'run', run: next.run } : { event: 'change', run: changedSince(next, seen) };
          seen = next.number;
          if (FINAL_RUN_STATES.has(next.run.state)) return;
        }
      } finally {
        signal.removeEventListener('abort', wake);
        viewers -= 1;
        if (viewers === 0) {
          idle.abort();
          onIdle();
        }
      }
    },
  };
}

function changedSince({ run, known }: Reading, seen: number): RunDto {
  return { ...run, datasets: run.datasets.filter(({ id }) => (known.get(id)?.changedIn ?? 0) > seen) };
}

/**
 * The run now, with the number of `before` when nothing changed. Only datasets with another version are read. The run itself is read first:
 * when it has ended, so have the datasets that are read after it.
 */
async function readRun(db: Db, runId: string, before: Reading | null): Promise<Reading> {
  const header = await findRunHeader(db, runId);
  if (header === null) throw new NotFoundError('run');
  const versions = await listDatasetRunVersions(db, runId);
  const stale = versions.filter(({ id, version }) => before?.known.get(id)?.version !== version).map(({ id }) => id);
  const rows = stale.length === 0 ? [] : await findDatasetRuns(db, stale);
  // A run may be deleted between two of these readings: no viewer is sent a run whose datasets are missing for that.
  const isShort = versions.length < Math.max(1, before?.known.size ?? 0) || rows.length < stale.length;
  if (isShort && (await findRunHeader(db, runId)) === null) throw new NotFoundError('run');
  const fresh = new Map(rows.map((row) => [row.id, toDatasetRunDto(row)]));
  const number = (before?.number ?? 0) + 1;
  const known = new Map<string, KnownDataset>();
  for (const { id, version } of versions) {
    const old = before?.known.get(id);
    const dataset = fresh.get(id) ?? old?.dataset;
    if (dataset === undefined) continue;
    // A version may differ in what nobody is shown, e.g. which worker has the run.
    const same = old !== undefined && JSON.stringify(old.dataset) === JSON.stringify(dataset);
    known.set(id, same ? { ...old, version } : { version, changedIn: number, dataset });
  }
  const all = [...known.values()];
  const run = toRunOf(
    header,
    all.map(({ dataset }) => dataset),
  );
  const changed = before === null || all.some(({ changedIn }) => changedIn === number) || !sameBesideDatasets(run, before.run);
  return changed ? { number, run, known } : { ...before, known };
}

function sameBesideDatasets(one: RunDto, other: RunDto): boolean {
  return JSON.stringify({ ...one, datasets: [] }) === JSON.stringify({ ...other, datasets: [] });
}
