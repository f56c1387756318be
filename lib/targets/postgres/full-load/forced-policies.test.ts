import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';

test.each(['drop-and-create', 'truncate'] as const)(
  'by %s, policies that are forced on the owner hide no landed row from a load, and are forced again after it',
  async (whenTableExists) => {
    const url = await createEmptyDatabase();
    const client = new pg.Client({ connectionString: url });
    await client.connect();
    onTestFinished(() => client.end());
    await client.query(`DO $$ BEGIN CREATE ROLE forced_owner LOGIN PASSWORD 'owner'; EXCEPTION WHEN duplicate_object THEN NULL; END $$;
      DO $$ BEGIN EXECUTE format('GRANT CREATE, TEMPORARY ON DATABASE %I TO forced_owner', current_database()); END $$`);
    const owned = new URL(url);
    [owned.username, owned.password] = ['forced_owner', 'owner'];
    const folder = temporaryFolder();
    const settings = LandingSettings.parse({ schema: 'hr', whenTableExists });
    const load = (runId: string, ...ids: string[]) =>
      reloadInto({
        access: landingDatabase(owned.href),
        task: { method: 'full-load', targetId: 'targ_22222222222222222222', settings },
        dataset: fakeDataset({ id: 'string' }),
        runId,
        source: { pages: [ids.map((id) => ({ id }))] },
        signal: new AbortController().signal,
        stageDir: join(folder, runId),
      });
    await load('run_1', 'a', 'b');
    await client.query(`ALTER TABLE hr.users ENABLE ROW LEVEL SECURITY, FORCE ROW LEVEL SECURITY;
      CREATE POLICY none ON hr.users USING (id = 'a'); CREATE VIEW hr.ids AS SELECT id FROM hr.users`);
    expect(await load('run_2', 'b', 'c', 'd')).toMatchObject({ state: 'done', counts: { inserted: 3, deleted: 2 } });
    await client.query('DROP VIEW hr.ids');
    expect(await load('run_3', 'b', 'c')).toMatchObject({ state: 'done', counts: { inserted: 2, deleted: 3 } });
    expect((await client.query('SELECT id FROM hr.users ORDER BY id')).rows).toEqual([{ id: 'b' }, { id: 'c' }]);
    const { rows } = await client.query("SELECT relforcerowsecurity AS forced FROM pg_class WHERE oid = 'hr.users'::regclass");
    expect(rows).toEqual([{ forced: true }]);
  },
);
