import pg from 'pg';
import { expect } from 'vitest';
import type { TaskKind, WorkerProcess, WorkerRig } from './worker-rig.ts';

/** Checks that the target equals what the official SDK reads, and that each change was recorded once. */
export async function expectConverged(rig: WorkerRig, kind: TaskKind, runId: string, worker: WorkerProcess): Promise<void> {
  const run = await rig.run(runId);
  expect([run.state, run.datasets.map(({ problem }) => problem?.code ?? null)], worker.said()).toEqual(['done', [null, null]]);
  expect(await rig.readTarget(kind)).toEqual(await rig.readTenant());
  if (kind === 'together' || (kind === 'load' && rig.publish === 'together')) {
    const sql = `SELECT count(DISTINCT published_at)::int AS times FROM entrada_staging.published WHERE run_id = '${runId}'`;
    expect(await query(rig, sql)).toEqual([{ times: 1 }]);
  }
  if (kind !== 'compare' && kind !== 'together') return;
  for (const { datasetName, counts } of run.datasets) {
    const [recorded] = await query(
      rig,
      `SELECT count(*) FILTER (WHERE hdr__operation = 'U')::int AS updated, count(*) FILTER (WHERE hdr__operation = 'D')::int AS deleted,
         count(*) FILTER (WHERE hdr__operation = 'L')::int AS loads,
         (count(*) FILTER (WHERE hdr__operation = 'I')
           + coalesce(sum((hdr__after->>'rows')::int) FILTER (WHERE hdr__operation = 'L'), 0))::int AS inserted
       FROM ${kind}.${datasetName}__ct WHERE hdr__run_id = '${runId}'`,
    );
    const { inserted, updated, deleted } = counts;
    // A first load is recorded by one row.
    expect(recorded).toEqual({ inserted, updated, deleted, loads: expect.toBeOneOf([0, 1]) });
  }
}

export async function query(rig: WorkerRig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: rig.databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}
