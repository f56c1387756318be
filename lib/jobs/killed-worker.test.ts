import { randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { FINAL_RUN_STATES, type RunDto } from '#lib/domain/run.ts';
import { randomFor } from '#lib/emulator/tenant/random.ts';
import { cancelRun } from '#lib/services/run/cancel-run.ts';
import { createWorkerRig, type TaskKind, type WorkerProcess, type WorkerRig } from './testing/worker-rig.ts';

const KILLS = 20;
/** A run survives five deaths of its worker (retryLimit of the job); the one after that would end it. */
const KILLS_A_RUN_MAX = 4;
const KINDS: readonly TaskKind[] = ['compare', 'compare', 'load', 'lake', 'compare'];
/** Printed with the moments; put it here to see the same ones again. */
const SEED = randomInt(2 ** 31);

/** The target is what the official SDK reads, and each change was recorded once. */
async function expectRight(rig: WorkerRig, kind: TaskKind, runId: string, worker: WorkerProcess): Promise<void> {
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

async function query(rig: WorkerRig, sql: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: rig.databaseUrl });
  await client.connect();
  try {
    return (await client.query(sql)).rows;
  } finally {
    await client.end();
  }
}

it(`kill -9 of the worker at ${KILLS} random moments: the target equals the source every time`, async () => {
  const rig = await createWorkerRig();
  const random = randomFor(SEED, 'kill -9', 0);
  let worker = await rig.startWorker();
  // How long a run takes here and now says what its moments are.
  const first = await rig.startRun('compare');
  const lastsMs = lengthOf(await rig.untilEnded(first));
  await expectRight(rig, 'compare', first, worker);
  const moments: string[] = [];
  for (let runs = 0; moments.length < KILLS; runs++) {
    const kind = KINDS[runs % KINDS.length] ?? 'compare';
    await rig.passDay();
    const runId = await rig.startRun(kind);
    for (let kills = 0; kills < KILLS_A_RUN_MAX && moments.length < KILLS; kills++) {
      await rig.untilActive(runId);
      const ms = random.int(lastsMs);
      await after(ms);
      if (FINAL_RUN_STATES.has((await rig.run(runId)).state)) break;
      await worker.kill();
      const { datasets } = await rig.run(runId);
      moments.push(`${kind} after ${ms} ms: ${datasets.map(({ state, counts }) => `${state} ${counts.rowsRead}`).join(', ')}`);
      worker = await rig.startWorker();
      // Once by the queue itself, which takes its time; then as it does it, at once.
      if (moments.length === 1) await untilRetried(rig, runId);
      else await rig.expireJob(runId);
    }
    await rig.untilEnded(runId);
    await expectRight(rig, kind, runId, worker);
  }
  process.stdout.write(`kill -9: seed ${SEED}, runs of ${lastsMs} ms\n${moments.join('\n')}\n`);
  await vi.waitFor(() => expect(rig.stages()).toEqual([]), { timeout: 15_000 });
  await worker.stop();
}, 600_000);

function lengthOf({ startedAt, endedAt }: RunDto): number {
  return Date.parse(endedAt ?? '') - Date.parse(startedAt ?? '');
}

/** Until another worker has got the job of a dead one: after 10 s without a heartbeat. */
async function untilRetried(rig: WorkerRig, runId: string): Promise<void> {
  const sql = `SELECT 1 FROM pgboss.job WHERE data->>'runId' = '${runId}' AND retry_count > 0 AND state = 'active'`;
  await vi.waitFor(async () => expect(await query(rig, sql)).toHaveLength(1), { timeout: 60_000, interval: 200 });
}

it('every connection to the database is ended several times in the middle of a run: it goes on to the right end', async () => {
  const rig = await createWorkerRig();
  const worker = await rig.startWorker();
  const client = new pg.Client({ connectionString: rig.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const random = randomFor(SEED, 'terminate', 0);
  for (const kind of ['compare', 'load', 'lake'] as const) {
    await rig.passDay();
    const runId = await rig.startRun(kind);
    await rig.untilActive(runId);
    for (let times = 0; times < 6; times++) {
      await client.query(
        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = current_database() AND pid <> pg_backend_pid() AND query NOT LIKE '%LISTEN%'",
      );
      await after(100 + random.int(400));
    }
    await rig.untilEnded(runId);
    await expectRight(rig, kind, runId, worker);
  }
  await worker.stop();
}, 300_000);

it('a worker that is restarted in the middle of a run goes on with it', async () => {
  const rig = await createWorkerRig();
  let worker: WorkerProcess = await rig.startWorker();
  const runId = await rig.startRun('compare');
  await rig.untilActive(runId);
  await worker.stop();
  worker = await rig.startWorker();
  await rig.untilEnded(runId);
  await expectRight(rig, 'compare', runId, worker);
  await worker.stop();
}, 120_000);

it('a cancel in the middle ends the run within 2 s and leaves nothing visible and nothing staged', async () => {
  // A worker looks once a second whether it is to stop: the run has to last longer.
  const rig = await createWorkerRig({ latencyMs: 300 });
  const worker = await rig.startWorker();
  for (const kind of ['compare', 'load', 'lake'] as const) {
    const landed = await rig.startRun(kind);
    await rig.untilEnded(landed);
    const before = await rig.readTarget(kind);
    await rig.passDay();
    const runId = await rig.startRun(kind);
    await vi.waitFor(async () => expect((await rig.run(runId)).datasets.some(({ state }) => state === 'reading')).toBe(true), {
      timeout: 20_000,
      interval: 20,
    });
    const from = performance.now();
    await cancelRun({ ctx: rig.ctx, input: { runId } });
    const { state, datasets } = await rig.untilEnded(runId);
    expect(performance.now() - from).toBeLessThan(2000);
    expect(state).toBe('cancelled');
    const now = await rig.readTarget(kind);
    // A dataset that was done before stays done.
    for (const { datasetName, state: ended } of datasets) {
      if (ended === 'done') continue;
      expect(ended).toBe('cancelled');
      const name = datasetName === 'users' ? 'users' : 'group_members';
      expect(now[name]).toEqual(before[name]);
    }
    expect(rig.stages()).toEqual([]);
  }
  await worker.stop();
}, 180_000);
