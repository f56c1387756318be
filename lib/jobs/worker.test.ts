import { expect, it, vi } from 'vitest';
import { NO_COUNTS } from '#lib/domain/run/run.ts';
import { createLog } from '#lib/platform/log.ts';
import { getMetadataJob } from '#lib/services/metadata-job/get-metadata-job.ts';
import { startMetadataJob } from '#lib/services/metadata-job/start-metadata-job.ts';
import { cancelRun } from '#lib/services/run/cancel-run.ts';
import { getRun } from '#lib/services/run/get-run.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { createRunQueue } from './queue.ts';
import { type Reload, runnerOf } from './testing/fake-runner.ts';
import { startWorker } from './worker.ts';

/** A queue, a worker with this engine, and a task to run. */
async function workerWith(reload: Reload) {
  const world = await createTestWorld();
  const queue = createRunQueue({ databaseUrl: world.url, log: createLog('test', 'silent') });
  const ctx = { ...(await world.as('editor')), queue };
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly');
  const worker = await startWorker({
    ...ctx,
    databaseUrl: world.url,
    runner: runnerOf(reload),
  });
  const state = async (runId: string) => (await getRun({ ctx, input: { runId } })).state;
  const stop = async () => {
    await worker.stop();
    await queue.stop();
  };
  return { ctx, taskId: task.id, state, stop };
}

const DONE = {
  state: 'done',
  counts: NO_COUNTS,
  problem: null,
  notes: [],
  incremental: false,
  unread: [],
  unproven: { count: 0, parents: [] },
  rejected: { count: 0, rows: [] },
} as const;

it('works a run that the web queued, and the task can be started again then', async () => {
  const t = await workerWith(async () => DONE);
  try {
    for (let round = 0; round < 2; round++) {
      const run = await startRun({ ctx: t.ctx, input: { taskId: t.taskId } });
      await vi.waitFor(async () => expect(await t.state(run.id)).toBe('done'), { timeout: 15_000 });
      await vi.waitFor(async () => {
        const jobs = await t.ctx.db.$queryRaw`SELECT 1 FROM pgboss.job WHERE name = 'reload-run' AND state <= 'active'`;
        expect(jobs).toEqual([]);
      });
    }
  } finally {
    await t.stop();
  }
});

it('a cancel reaches the dataset that is being read within 2 seconds', async () => {
  const { promise: reading, resolve: begun } = Promise.withResolvers<void>();
  let tookMs = Number.POSITIVE_INFINITY;
  let askedAtMs = 0;
  const t = await workerWith(async ({ signal }) => {
    begun();
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
    tookMs = performance.now() - askedAtMs;
    return { ...DONE, state: 'cancelled' };
  });
  try {
    const run = await startRun({ ctx: t.ctx, input: { taskId: t.taskId } });
    await reading;
    askedAtMs = performance.now();
    await cancelRun({ ctx: t.ctx, input: { runId: run.id } });
    await vi.waitFor(async () => expect(await t.state(run.id)).toBe('cancelled'), { timeout: 5000 });
    expect(tookMs).toBeLessThan(2000);
  } finally {
    await t.stop();
  }
});

it('what somebody waits for goes before checks that nobody asked for', async () => {
  const world = await createTestWorld();
  const queue = createRunQueue({ databaseUrl: world.url, log: createLog('test', 'silent') });
  const ctx = { ...(await world.as('editor')), queue };
  // Checks after a sign-in: more than are processed at once.
  const asked = Promise.withResolvers<void>();
  world.executor.probeDatasets = async function* (_, signal) {
    await Promise.race([asked.promise, new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }))]);
  };
  for (const name of ['A', 'B', 'C', 'D', 'E']) await makeConnection(ctx, world, name);
  const { id: connectionId } = await makeConnection(ctx, world, 'Waited for');
  const { id: metadataJobId } = await startMetadataJob({ ctx, input: { connectionId, kind: 'generate', sampleRows: 0 } });
  const worker = await startWorker({
    ...ctx,
    databaseUrl: world.url,
    runner: runnerOf(async () => DONE),
  });
  try {
    const state = async () => (await getMetadataJob({ ctx, input: { metadataJobId } })).state;
    await vi.waitFor(async () => expect(await state()).toBe('done'), { timeout: 15_000 });
  } finally {
    asked.resolve();
    await worker.stop();
    await queue.stop();
  }
});
