import { cpSync } from 'node:fs';
import { join } from 'node:path';
import { LandingSettings } from '#lib/domain/task/task.ts';
import type { Mutex } from '#lib/platform/async/mutex.ts';
import { type DatasetPlan, planReload } from '#lib/reload/engine/plan.ts';
import type { DatasetReport, Reporter } from '#lib/reload/engine/ports.ts';
import { reloadDataset } from '#lib/reload/engine/reload-dataset.ts';
import type { Published, Sink } from '#lib/reload/engine/sink.ts';
import { type FakeSource, fakeDataset, recordingReporter, temporaryFolder } from './fake-source.ts';

/** What a publish answers that changed nothing. */
export const NOTHING: Published = { inserted: 0, updated: 0, deleted: 0, unchanged: 0, notes: [] };

/** A full load of two columns, `id` and `v`. */
export function planOf(countable = true): DatasetPlan {
  const settings = LandingSettings.parse({ schema: 'hr' });
  const [plan] = planReload([fakeDataset({ id: 'string', v: 'int32' }, { countable })], {
    method: 'full-load',
    targetId: 'targ_22222222222222222222',
    settings,
  }).datasets;
  if (plan === undefined) throw new TypeError('no plan');
  return plan;
}

/** Keeps what was published as `id:value` in the order of the ids; null: nothing was. */
export function memorySink(known: Published | null = null): Sink & { rows: string[] | null } {
  const sink: Sink & { rows: string[] | null } = {
    rows: null,
    findPublished: async () => known,
    publish: async (stage) => {
      sink.rows = (await stage.query("SELECT id || ':' || v FROM staged ORDER BY id")).map(([row]) => String(row));
      return { ...NOTHING, inserted: stage.rows };
    },
  };
  return sink;
}

interface Run {
  /** Incremental: as if a delta token were landed. */
  readonly mode?: 'full' | 'incremental';
  readonly source: FakeSource;
  readonly sink?: Sink;
  readonly stageDir?: string;
  readonly plan?: DatasetPlan;
  readonly signal?: AbortSignal;
  readonly largeDatasetMutex?: Mutex;
  readonly reporter?: Reporter;
}

/** Reloads one dataset from memory into memory, in a folder of its own unless one is given. */
export function run({
  source,
  sink = memorySink(),
  stageDir,
  plan = planOf(),
  signal,
  mode = 'full',
  largeDatasetMutex,
  reporter = recordingReporter(),
}: Run): Promise<DatasetReport> {
  const deps = {
    source,
    sink,
    reporter,
    clock: { now: () => new Date('2026-01-01T00:00:00Z') },
    stageDir: stageDir ?? join(temporaryFolder(), 'stage'),
    ...(largeDatasetMutex === undefined ? {} : { largeDatasetMutex }),
  };
  const landed = { deltaToken: 'm0', rows: 3, fullAt: '2026-01-01T00:00:00Z' };
  if (mode === 'incremental') sink.findDeltaToken = async () => landed;
  const incremental = { fullEveryDays: 7, full: false, sourceKey: 'conn_1' };
  const wanted = { plan, runId: 'run_1', deletesConfirmed: false, ...(mode === 'incremental' ? { incremental } : {}) };
  return reloadDataset(deps, wanted, signal ?? new AbortController().signal);
}

/** Reloads and answers the folder of the stage as kill -9 right before the publish leaves it. */
export async function diedBeforePublish(source: FakeSource): Promise<string> {
  const base = temporaryFolder();
  const stageDir = join(base, 'stage');
  const left = join(base, 'left');
  const publish: Sink['publish'] = async () => {
    cpSync(stageDir, left, { recursive: true });
    return NOTHING;
  };
  await run({ source, sink: { ...memorySink(), publish }, stageDir });
  return left;
}

/** Pages of 3 rows each. */
export function pagesOf(count: number): { readonly id: string; readonly v: number }[][] {
  return Array.from({ length: count }, (_, page) =>
    [0, 1, 2].map((row) => ({ id: `p${String(page).padStart(3, '0')}r${row}`, v: page })),
  );
}
/** More than two batches. */
export const PAGES = pagesOf(40);
/** Their rows as {@link memorySink} keeps them. */
export const ALL = PAGES.flat().map(({ id, v }) => `${id}:${v}`);
