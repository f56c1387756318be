import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import { reloadDataset } from '#lib/reload/engine/reload-dataset.ts';
import {
  type FakeSourceOptions,
  fakeDataset,
  fakeSource,
  recordingReporter,
  temporaryFolder,
} from '#lib/reload/testing/fake-source.ts';
import { createFullLoadSink } from '#lib/targets/postgres/full-load/full-load.ts';

export type Row = Record<string, unknown>;
const USERS = fakeDataset({ id: 'string', displayName: 'string', licences: 'json' });

/** A landing database for full loads of `dataset`. */
export async function createTarget(dataset: DatasetDefinition = USERS) {
  const url = await createEmptyDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  const folder = temporaryFolder();
  const load = (
    runId: string,
    source: FakeSourceOptions,
    settings: Partial<LandingSettings> = {},
    signal = new AbortController().signal,
  ) => {
    const target = {
      method: 'full-load',
      targetId: 'targ_22222222222222222222',
      settings: LandingSettings.parse({ schema: 'hr', ...settings }),
    } as const;
    const [plan] = planReload([dataset], target).datasets;
    if (plan === undefined) throw new TypeError('no plan');
    const deps = {
      source: fakeSource(source),
      sink: createFullLoadSink(url, target.settings),
      reporter: recordingReporter(),
      clock: { now: () => new Date('2026-01-01T00:00:00Z') },
      stageDir: join(folder, runId),
    };
    return reloadDataset(deps, { plan, runId, deletesConfirmed: false }, signal);
  };
  const rows = async (sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows;
  return { url, client, load, rows };
}
