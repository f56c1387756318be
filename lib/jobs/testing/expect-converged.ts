import pg from 'pg';
import { expect } from 'vitest';
import type { TaskKind, WorkerProcess, WorkerRig } from './worker-rig.ts';

/** The target is what the official SDK reads, and each change was recorded once. */
export async function expectConverged(rig: WorkerRig, kind: TaskKind, runId: string, worker: WorkerProcess): Promise<void> {
  const run = await rig.run(runId);
  expect([run.state, run.datasets.map(({ problem }) => problem?.code ?? null)], worker.said()).toEqual(['done', [null, null]]);
  expect(await rig.readTarget(kind)).toEqual(await rig.readTenant());
  if (kind !== 'compare') return;
  for (const { datasetName, counts } of run.datasets) {
    const changes = await query(
      rig,
      `SELECT hdr__operation AS op, count(*)::int AS n FROM compare.${datasetName}__ct WHERE hdr__run_id = '${runId}' GROUP BY 1`,
    );
    const recorded = Object.fromEntries(changes.map(({ op, n }) => [op, n]));
    expect(recorded).toEqual(
      Object.fromEntries(
        [
          ['I', counts.inserted],
          ['U', counts.updated],
          ['D', counts.deleted],
        ].filter(([, n]) => n !== 0),
      ),
    );
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
