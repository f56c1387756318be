import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import type { IncrementalOptions } from '#lib/reload/engine/change-reading.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import { reloadDataset } from '#lib/reload/engine/reload-dataset.ts';
import {
  type FakeSourceOptions,
  fakeDataset,
  fakeSource,
  recordingReporter,
  temporaryFolder,
} from '#lib/reload/testing/fake-source.ts';
import { createCompareSink } from '#lib/targets/postgres/compare/reload-and-compare.ts';

export type Row = Record<string, unknown>;

export interface Landing {
  readonly url: string;
  readonly client: pg.Client;
  reload(input: {
    runId: string;
    rows?: readonly Row[];
    source?: FakeSourceOptions;
    dataset?: DatasetDefinition;
    settings?: Partial<LandingSettings>;
    deletesConfirmed?: boolean;
    signal?: AbortSignal;
    stageDir?: string;
    now?: string;
    incremental?: Partial<IncrementalOptions>;
    unreadBefore?: DatasetReport['unread'];
  }): Promise<DatasetReport>;
  rows(sql: string): Promise<Row[]>;
}

export const USERS = fakeDataset({ id: 'string', displayName: 'string', accountEnabled: 'boolean', licences: 'json' });

export async function createLanding(): Promise<Landing> {
  const url = await createEmptyDatabase();
  const client = new pg.Client({ connectionString: url });
  client.on('error', () => undefined);
  await client.connect();
  onTestFinished(() => client.end());
  await client.query("SET timezone = 'UTC'");
  const folder = temporaryFolder();
  return {
    url,
    client,
    rows: async (sql) => (await client.query(sql)).rows,
    reload: (input) => {
      const { runId, rows = [], source, dataset = USERS, settings, deletesConfirmed = false, signal, stageDir, now } = input;
      const incremental = { fullEveryDays: 7, full: false, sourceKey: 'conn_1', ...input.incremental };
      const target = {
        method: 'reload-and-compare',
        targetId: 'targ_22222222222222222222',
        settings: LandingSettings.parse({ schema: 'hr', ...settings }),
      } as const;
      const [plan] = planReload([dataset], target).datasets;
      if (plan === undefined) throw new TypeError('no plan');
      return reloadDataset(
        {
          source: fakeSource(source ?? { pages: [rows] }),
          sink: createCompareSink(url, target.settings),
          reporter: recordingReporter(),
          clock: { now: () => new Date(now ?? '2026-01-01T00:00:00Z') },
          stageDir: stageDir ?? join(folder, runId),
          onInternalError: (error) => {
            throw error;
          },
        },
        {
          ...{ plan, runId, deletesConfirmed, unreadBefore: input.unreadBefore ?? [] },
          ...(input.incremental === undefined ? {} : { incremental }),
        },
        signal ?? new AbortController().signal,
      );
    },
  };
}

export const ann = { id: 'a', displayName: 'Ann', accountEnabled: true, licences: [{ sku: 1 }] };
export const bob = { id: 'b', displayName: 'Bob', accountEnabled: false, licences: [] };
export const cid = { id: 'c', displayName: null, accountEnabled: null };

export function counts(report: DatasetReport): (number | string | null)[] {
  const { rowsRead, inserted, updated, deleted, unchanged } = report.counts;
  return [report.state, report.problem?.code ?? null, rowsRead, inserted, updated, deleted, unchanged];
}
