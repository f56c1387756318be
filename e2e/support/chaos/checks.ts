import { existsSync, readdirSync } from 'node:fs';
import { expect } from '@playwright/test';
import pg from 'pg';
import type { ChaosTask, Installation } from './installation.ts';

type Row = Readonly<Record<string, unknown>>;

/** Rows of a query, read by a connection of its own. */
export async function query(connectionString: string, sql: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const client = new pg.Client({ connectionString });
  await client.connect();
  try {
    return (await client.query<Row>(sql, [...values])).rows;
  } finally {
    await client.end();
  }
}

const ACTIVE = "('queued', 'running', 'cancelling')";

/** Runs of all tasks that have not ended. */
export async function activeRuns({ databaseUrl }: Pick<Installation, 'databaseUrl'>): Promise<readonly Row[]> {
  return query(databaseUrl, `SELECT id, task_id, state, attempt FROM runs WHERE state IN ${ACTIVE}`);
}

/** Every run has an end, and so has each of its datasets; the queue and the folders of stages hold nothing of them. */
export async function expectAllEnded(at: Installation): Promise<void> {
  expect(await activeRuns(at), 'runs that have not ended').toEqual([]);
  const open = `SELECT r.id, d.name, d.state FROM dataset_runs d JOIN runs r ON r.id = d.run_id
    WHERE d.ended_at IS NULL OR d.state NOT IN ('done', 'partial', 'failed', 'incomplete', 'cancelled')`;
  expect(await query(at.databaseUrl, open), 'datasets that have not ended').toEqual([]);
  const jobs = "SELECT id, state FROM pgboss.job WHERE name = 'reload-run' AND state IN ('created', 'retry', 'active')";
  await expect.poll(() => query(at.databaseUrl, jobs), { timeout: 30_000, message: 'jobs without a run' }).toEqual([]);
  const stages = () => at.workDirs.flatMap((dir) => (existsSync(dir) ? readdirSync(dir) : []));
  await expect.poll(stages, { timeout: 30_000, message: 'stages without a run' }).toEqual([]);
}

/** Ends of runs by their cause: `done`, `cancelled`, `failed run-lost`. */
export async function endsOf({ databaseUrl }: Installation): Promise<Readonly<Record<string, number>>> {
  const rows = await query(
    databaseUrl,
    `SELECT concat_ws(' ', state, problem->>'code') AS ending, count(*)::int AS runs FROM runs GROUP BY 1 ORDER BY 1`,
  );
  return Object.fromEntries(rows.map(({ ending, runs }) => [String(ending), Number(runs)]));
}

/** Deaths that runs survived: claims beyond the first of each run. */
export async function takeovers({ databaseUrl }: Installation): Promise<number> {
  const [row] = await query(databaseUrl, 'SELECT coalesce(sum(greatest(attempt - 1, 0)), 0)::int AS times FROM runs');
  return Number(row?.['times']);
}

/**
 * Each planned minute of each schedule has one record. A record of a run names a run of its own, and each run that a schedule started has
 * one record.
 */
export async function expectEachFiringOnce({ databaseUrl }: Installation): Promise<number> {
  const gaps = `SELECT schedule_id, planned_at, following FROM (
      SELECT schedule_id, planned_at, lead(planned_at) OVER (PARTITION BY schedule_id ORDER BY planned_at) AS following
      FROM schedule_firings) f WHERE following <> planned_at + interval '1 minute'`;
  expect(await query(databaseUrl, gaps), 'planned times without a record').toEqual([]);
  const overdue = `SELECT s.id, s.next_at, max(f.planned_at) AS last FROM schedules s LEFT JOIN schedule_firings f ON f.schedule_id = s.id
    GROUP BY s.id HAVING s.next_at <= now() - interval '30 seconds' OR s.next_at > max(f.planned_at) + interval '1 minute'`;
  expect(await query(databaseUrl, overdue), 'schedules that stand still or left a time out').toEqual([]);
  const twice = `SELECT run_id, count(*)::int FROM schedule_firings WHERE outcome = 'run' GROUP BY run_id HAVING count(*) > 1 OR run_id IS NULL`;
  expect(await query(databaseUrl, twice), 'records that share a run').toEqual([]);
  const without = `SELECT r.id FROM runs r WHERE r.started_by_kind = 'schedule'
    AND NOT EXISTS (SELECT 1 FROM schedule_firings f WHERE f.run_id = r.id AND f.outcome = 'run')`;
  expect(await query(databaseUrl, without), 'runs of a schedule without a record').toEqual([]);
  const [row] = await query(databaseUrl, "SELECT count(*) FILTER (WHERE outcome = 'run')::int AS fired FROM schedule_firings");
  return Number(row?.['fired']);
}

/** What each run says that it changed is what the change table has of it, once; a dataset that ended otherwise recorded nothing. */
export async function expectChangesRecordedOnce({ databaseUrl, landingUrl }: Installation, task: ChaosTask): Promise<void> {
  const reported = await query(
    databaseUrl,
    `SELECT d.run_id, d.name, d.state::text AS state, (d.counts->>'inserted')::int AS inserted,
       (d.counts->>'updated')::int AS updated, (d.counts->>'deleted')::int AS deleted
     FROM dataset_runs d JOIN runs r ON r.id = d.run_id WHERE r.task_id = $1`,
    [task.id],
  );
  for (const dataset of ['users', 'group_members']) {
    const recorded = await query(
      landingUrl,
      `SELECT hdr__run_id AS run_id,
         (count(*) FILTER (WHERE hdr__operation = 'I') + coalesce(sum((hdr__after->>'rows')::int) FILTER (WHERE hdr__operation = 'L'), 0))::int AS inserted,
         count(*) FILTER (WHERE hdr__operation = 'U')::int AS updated, count(*) FILTER (WHERE hdr__operation = 'D')::int AS deleted
       FROM ${task.name}.${dataset}__ct GROUP BY hdr__run_id`,
    );
    const expected = reported
      .filter((row) => row['name'] === dataset && ['done', 'partial'].includes(String(row['state'])))
      .map((row) => lineOf(row))
      .filter((line) => !line.endsWith(' 0 0 0'));
    expect(recorded.map((row) => lineOf(row)).sort(), `${task.name}.${dataset}__ct`).toEqual(expected.sort());
    const [sums] = await query(landingUrl, `SELECT count(*)::int AS rows FROM ${task.name}.${dataset}`);
    const kept = recorded.reduce((sum, row) => sum + Number(row['inserted']) - Number(row['deleted']), 0);
    expect(kept, `rows of ${task.name}.${dataset} by its change table`).toBe(Number(sums?.['rows']));
  }
}

function lineOf({ run_id, inserted, updated, deleted }: Row): string {
  return `${String(run_id)} ${String(inserted)} ${String(updated)} ${String(deleted)}`;
}

/** The versions of a row follow each other without overlap, and the present ones are the rows of the table. */
export async function expectHistoryWhole({ landingUrl }: Installation, { name }: ChaosTask): Promise<void> {
  const overlaps = `SELECT id, hdr__from_timestamp, hdr__to_timestamp, following FROM (
      SELECT id, hdr__from_timestamp, hdr__to_timestamp, lead(hdr__from_timestamp) OVER (PARTITION BY id ORDER BY hdr__from_timestamp) AS following
      FROM ${name}.users__history) h WHERE hdr__to_timestamp > following OR (hdr__to_timestamp IS NULL AND following IS NOT NULL)`;
  expect(await query(landingUrl, overlaps), `versions of ${name}.users__history that overlap`).toEqual([]);
  const present = `SELECT id, "displayName", "department" FROM ${name}.users__history WHERE hdr__to_timestamp IS NULL ORDER BY id`;
  const rows = `SELECT id, "displayName", "department" FROM ${name}.users ORDER BY id`;
  expect(await query(landingUrl, present), `present versions of ${name}.users__history`).toEqual(await query(landingUrl, rows));
}
