import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import type { DatasetReport } from '#lib/reload/engine/ports.ts';
import type { IncrementalOptions } from '#lib/reload/engine/reading/change-reading.ts';
import { type FakeSourceOptions, fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';

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
  const access = landingDatabase(url);
  return {
    url,
    client,
    rows: async (sql) => (await client.query(sql)).rows,
    reload: (input) => {
      const { runId, rows = [], source, dataset = USERS, settings, deletesConfirmed = false, signal, stageDir, now } = input;
      const incremental = { fullEveryDays: 7, full: false, sourceKey: 'conn_1', ...input.incremental };
      const task = {
        method: 'reload-and-compare',
        targetId: 'targ_22222222222222222222',
        settings: LandingSettings.parse({ schema: 'hr', ...settings }),
      } as const;
      return reloadInto({
        ...{ access, task, dataset, runId, deletesConfirmed, source: source ?? { pages: [rows] } },
        stageDir: stageDir ?? join(folder, runId),
        ...(now === undefined ? {} : { now }),
        ...(signal === undefined ? {} : { signal }),
        ...(input.unreadBefore === undefined ? {} : { unreadBefore: input.unreadBefore }),
        ...(input.incremental === undefined ? {} : { incremental }),
        onInternalError: (error) => {
          throw error;
        },
      });
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
