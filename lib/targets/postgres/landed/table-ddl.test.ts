import pg from 'pg';
import { expect, it, onTestFinished } from 'vitest';
import { LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import { fakeDataset } from '#lib/reload/testing/fake-source.ts';
import { createLanding } from '#lib/targets/postgres/testing/landing.ts';
import { tableDdl } from './table-ddl.ts';

const EVERY_TYPE = fakeDataset({
  id: 'string',
  enabled: 'boolean',
  small: 'int32',
  large: 'int64',
  ratio: 'double',
  price: 'decimal',
  at: 'dateTimeOffset',
  day: 'date',
  time: 'timeOfDay',
  lasts: 'duration',
  ref: 'guid',
  bytes: 'binary',
  'odd "name"': 'json',
});

const taskOf = (method: 'reload-and-compare' | 'full-load', history: boolean): TaskTarget => ({
  method,
  targetId: 'targ_22222222222222222222',
  settings: LandingSettings.parse({ schema: 'hr', history }),
});

/** All objects of a schema, as PostgreSQL describes them. */
async function describeSchema(url: string): Promise<unknown[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  onTestFinished(() => client.end());
  const columns = await client.query(
    `SELECT c.relname AS "table", a.attnum AS position, a.attname AS name, format_type(a.atttypid, a.atttypmod) AS type, a.attnotnull AS required
     FROM pg_class c JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped
     WHERE c.relkind = 'r' AND c.relnamespace = 'hr'::regnamespace ORDER BY 1, 2`,
  );
  const indexes = await client.query("SELECT indexdef FROM pg_indexes WHERE schemaname = 'hr' ORDER BY 1");
  const constraints = await client.query(
    "SELECT conname, pg_get_constraintdef(oid) AS definition FROM pg_constraint WHERE connamespace = 'hr'::regnamespace ORDER BY 1, 2",
  );
  return [columns.rows, indexes.rows, constraints.rows];
}

async function made(sql: string): Promise<unknown[]> {
  const url = await createEmptyDatabase();
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  await client.query(sql);
  await client.end();
  return describeSchema(url);
}

it.each([
  ['with a key and history', EVERY_TYPE, true],
  ['without a key', { ...EVERY_TYPE, columns: EVERY_TYPE.columns.map((column) => ({ ...column, key: false })) }, false],
])('the exported tables are the ones that Reload and compare makes: %s', async (_what, dataset, history) => {
  const landing = await createLanding();
  const report = await landing.reload({ runId: 'run_1', rows: [{ id: 'a' }], dataset, settings: { history } });
  expect(report.problem).toBeNull();
  const exported = tableDdl([dataset], taskOf('reload-and-compare', history)) ?? '';
  expect(await made(exported)).toEqual(await describeSchema(landing.url));
});

it('the exported table of a full load has its columns, and its key', async () => {
  const [columns, , constraints] = await made(tableDdl([EVERY_TYPE], taskOf('full-load', false)) ?? '');
  const [plan] = planReload([EVERY_TYPE], {
    method: 'full-load',
    targetId: 'targ_22222222222222222222',
    settings: LandingSettings.parse({ schema: 'hr', deleteShareMax: 1 }),
  }).datasets;
  expect((columns as { name: string }[]).map(({ name }) => name)).toEqual([
    ...(plan?.columns ?? []).map(({ name }) => name),
    'hdr__loaded_at',
    'hdr__run_id',
  ]);
  expect(constraints).toContainEqual(expect.objectContaining({ definition: 'PRIMARY KEY (id)' }));
});
