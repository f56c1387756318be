import { randomInt } from 'node:crypto';
import { setTimeout as after } from 'node:timers/promises';
import pg from 'pg';
import { expect, it, onTestFinished, vi } from 'vitest';
import { randomFor } from '#lib/emulator/tenant/generate/random.ts';
import { cancelRun } from '#lib/services/run/cancel-run.ts';
import { expectConverged } from './testing/expect-converged.ts';
import { createWorkerRig, type WorkerProcess } from './testing/worker-rig.ts';

it('every connection to the database is ended several times in the middle of a run: it goes on to the right end', async () => {
  const rig = await createWorkerRig();
  const worker = await rig.startWorker();
  const client = new pg.Client({ connectionString: rig.databaseUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const seed = randomInt(2 ** 31);
  process.stdout.write(`connections ended: seed ${seed}\n`);
  const random = randomFor(seed, 'terminate', 0);
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
    await expectConverged(rig, kind, runId, worker);
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
  await expectConverged(rig, 'compare', runId, worker);
  await worker.stop();
}, 120_000);

it('a cancel in the middle ends the run within 2 s and leaves nothing visible and nothing staged', async () => {
  // A worker polls once a second for cancellation: the run has to last longer.
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
    // A dataset that had ended before stays as it is.
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
