import { join } from 'node:path';
import pg from 'pg';
import { onTestFinished } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { type FakeSourceOptions, fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';

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
    read = dataset,
  ) => {
    const task = {
      method: 'full-load',
      targetId: 'targ_22222222222222222222',
      settings: LandingSettings.parse({ schema: 'hr', ...settings }),
    } as const;
    return reloadInto({
      access: landingDatabase(url),
      task,
      dataset: read,
      runId,
      source,
      signal,
      stageDir: join(folder, runId),
    });
  };
  const rows = async (sql: string): Promise<Row[]> => (await client.query<Row>(sql)).rows;
  return { url, client, load, rows };
}
