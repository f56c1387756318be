import { setTimeout as sleep } from 'node:timers/promises';
import { type DatasetRunDto, FINAL_RUN_STATES, type RunDto } from '#lib/domain/run/run.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import type { NotificationWatch } from '#lib/platform/postgres/notifications.ts';
import {
  findDatasetRuns,
  findRunHeader,
  listDatasetRunVersions,
  toDatasetRunDto,
  toRunWithDatasets,
} from '#lib/store/run/runs.ts';

/** A run without a notification is read again after this time, milliseconds: a notification may get lost. */
const LOOK_AGAIN_MS = 10_000;

/** An event for a viewer of a run: `run` has all of its datasets, `change` those that changed since the previous event. */
export interface RunUpdate {
  readonly event: 'run' | 'change';
  readonly run: RunDto;
}

/** Changes of a run. Reads it once for all of its viewers in this process, and only while there are any. */
export interface RunFeed {
  /** Ends with the run or with `signal`. A slow viewer gets several changes in one event. @throws when the run cannot be read or was deleted. */
  watch(signal: AbortSignal): AsyncGenerator<RunUpdate>;
}

interface KnownDataset {
  readonly version: string;
  /** Number of the reading that found the change. */
  readonly changedIn: number;
  readonly dataset: DatasetRunDto;
}

interface Reading {
  /** Number of the readings that found a change; starts at 1. */
  readonly number: number;
  readonly run: RunDto;
  readonly known: ReadonlyMap<string, KnownDataset>;
}

/** Creates the feed of a run. Calls `onIdle` after its last viewer has left. */
export function createRunFeed(of: {
  readonly db: Db;
  readonly runId: string;
  /** Minimum time between two readings, milliseconds. */
  readonly everyMs: number;
  /** Notifies when the run has changed; without it the run is read every `everyMs`. */
  readonly watch?: NotificationWatch | undefined;
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

  /** The first reading after number `seen`; null when `signal` aborts before. */
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
 * Reads the run; keeps the number of `before` when nothing changed. Reads only datasets with a new version. Reads the run itself first:
 * when it has ended, the datasets that are read after it have ended as well.
 */
async function readRun(db: Db, runId: string, before: Reading | null): Promise<Reading> {
  const header = await findRunHeader(db, runId);
  if (header === null) throw new NotFoundError('run');
  const versions = await listDatasetRunVersions(db, runId);
  const stale = versions.filter(({ id, version }) => before?.known.get(id)?.version !== version).map(({ id }) => id);
  const rows = stale.length === 0 ? [] : await findDatasetRuns(db, stale);
  // A run may be deleted between two of these queries; then no viewer may receive a run without its datasets.
  const isShort = versions.length < Math.max(1, before?.known.size ?? 0) || rows.length < stale.length;
  if (isShort && (await findRunHeader(db, runId)) === null) throw new NotFoundError('run');
  const fresh = new Map(rows.map((row) => [row.id, toDatasetRunDto(row)]));
  const number = (before?.number ?? 0) + 1;
  const known = new Map<string, KnownDataset>();
  for (const { id, version } of versions) {
    const old = before?.known.get(id);
    const dataset = fresh.get(id) ?? old?.dataset;
    if (dataset === undefined) continue;
    // Versions may differ in columns that are not shown, e.g. the worker of the run.
    const same = old !== undefined && JSON.stringify(old.dataset) === JSON.stringify(dataset);
    known.set(id, same ? { ...old, version } : { version, changedIn: number, dataset });
  }
  const all = [...known.values()];
  const run = toRunWithDatasets(
    header,
    all.map(({ dataset }) => dataset),
  );
  const changed = before === null || all.some(({ changedIn }) => changedIn === number) || !sameBesideDatasets(run, before.run);
  return changed ? { number, run, known } : { ...before, known };
}

function sameBesideDatasets(one: RunDto, other: RunDto): boolean {
  return JSON.stringify({ ...one, datasets: [] }) === JSON.stringify({ ...other, datasets: [] });
}
