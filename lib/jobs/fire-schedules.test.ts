import { PgBoss } from 'pg-boss';
import { expect, it, onTestFinished, vi } from 'vitest';
import { createLog } from '#lib/platform/log.ts';
import type { RunQueue } from '#lib/services/ports.ts';
import { endRun } from '#lib/services/run/end-run.ts';
import { fireSchedules } from '#lib/services/schedule/fire-schedules.ts';
import { getSchedule } from '#lib/services/schedule/get-schedule.ts';
import { saveSchedule } from '#lib/services/schedule/save-schedule.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { lockRun } from '#lib/store/run/run-changes.ts';
import { fireSchedulesJob } from './definitions/fire-schedules.ts';
import { createRunQueue } from './queue.ts';
import { runnerOf } from './testing/fake-runner.ts';
import { report } from './testing/queued-run.ts';
import { startWorker } from './worker.ts';

const HOUR_MS = 3_600_000;

/** Tasks with hourly schedules, the queue of a web process, and a clock at 09:00 UTC. */
async function scheduled(policies: readonly ('run-once' | 'skip')[]) {
  const world = await createTestWorld();
  const queue = createRunQueue({ databaseUrl: world.url, log: createLog('test', 'silent') });
  onTestFinished(() => queue.stop());
  const ctx = { ...(await world.as('editor')), queue };
  const { id: connectionId } = await makeConnection(ctx, world);
  for (const [index, missedRuns] of policies.entries()) {
    const { id: taskId } = await createTaskFor(ctx, connectionId, missedRuns, { datasets: [index === 0 ? 'users' : 'groups'] });
    const rule = { kind: 'hourly', every: 1, minute: 0 } as const;
    await saveSchedule({ ctx, input: { taskId, version: null, rule, timeZone: 'UTC', missedRuns } });
  }
  /** Results of the planned times of each task, oldest first. */
  const outcomes = async () => {
    const tasks = await ctx.db.task.findMany({ orderBy: { name: 'asc' }, select: { id: true, name: true } });
    const found = tasks.map(async ({ id, name }) => {
      const firings = (await getSchedule({ ctx, input: { taskId: id } }))?.firings ?? [];
      return [name, ...firings.map(({ plannedAt, outcome }) => `${plannedAt.slice(11, 16)} ${outcome}`).toReversed()];
    });
    return Promise.all(found);
  };
  const queuedRuns = async () =>
    (await ctx.db.$queryRaw<unknown[]>`SELECT 1 FROM pgboss.job WHERE name = 'reload-run' AND state < 'completed'`).length;
  return { world, ctx, queue, outcomes, queuedRuns };
}

it('a worker that dies between its lock of a due schedule and the start of the run neither loses the firing nor doubles it', async () => {
  const { world, ctx, queue, outcomes, queuedRuns } = await scheduled(['skip']);
  world.clock.forward(HOUR_MS);
  for (const moment of ['before the run is queued', 'after the run was queued']) {
    let died = false;
    const dying: RunQueue = {
      ...queue,
      async enqueueRun(tx, run) {
        const jobId = moment.startsWith('after') ? await queue.enqueueRun(tx, run) : null;
        // What a kill does to the transaction of its process: the server ends the session.
        const [session] = await tx.$queryRaw<{ pid: number }[]>`SELECT pg_backend_pid() AS pid`;
        await ctx.db.$queryRaw`SELECT pg_terminate_backend(${session?.pid}::int, 5000)`;
        died = true;
        return jobId ?? 'none';
      },
    };
    expect([await fireSchedules({ ...ctx, queue: dying }), died], moment).toEqual([0, true]);
    expect([await outcomes(), await ctx.db.run.count(), await queuedRuns()], moment).toEqual([[['skip']], 0, 0]);
  }
  expect(await fireSchedules(ctx)).toBe(1);
  expect(await fireSchedules(ctx)).toBe(0);
  expect([await outcomes(), await ctx.db.run.count(), await queuedRuns()]).toEqual([[['skip', '10:00 run']], 1, 1]);
});

it('a worker that starts after hours records each time by its policy, even while a dead worker has the job of firing', async () => {
  const { world, ctx, outcomes } = await scheduled(['run-once', 'skip']);
  world.clock.forward(3.5 * HOUR_MS);
  const boss = new PgBoss({ connectionString: world.url, max: 1, supervise: false, schedule: false });
  boss.on('error', () => undefined);
  await boss.start();
  onTestFinished(() => boss.stop({ graceful: false }));
  await boss.createQueue(fireSchedulesJob.name, fireSchedulesJob.queue);
  await boss.send(fireSchedulesJob.name, {}, {});
  expect(await boss.fetch(fireSchedulesJob.name)).toHaveLength(1);
  // The dead worker had it a minute ago, so nobody waits for its missing heartbeat here.
  await ctx.db
    .$executeRaw`UPDATE pgboss.job SET heartbeat_on = now() - interval '1 minute', started_on = now() - interval '1 minute' WHERE name = ${fireSchedulesJob.name}`;
  const worker = await startWorker({ ...ctx, databaseUrl: world.url, runner: runnerOf(async () => report('done')) });
  onTestFinished(() => worker.stop());
  const expected = [
    ['run-once', '10:00 missed', '11:00 missed', '12:00 run'],
    ['skip', '10:00 missed', '11:00 missed', '12:00 missed'],
  ];
  await vi.waitFor(async () => expect(await outcomes()).toEqual(expected), { timeout: 30_000, interval: 100 });
  await vi.waitFor(async () => expect(await ctx.db.run.findMany({ select: { state: true } })).toEqual([{ state: 'done' }]), {
    timeout: 15_000,
    interval: 100,
  });
});

it('a planned time that finds a run in its way is recorded while that run is ending', async () => {
  const { world, ctx, outcomes } = await scheduled(['skip']);
  world.clock.forward(HOUR_MS);
  expect(await fireSchedules(ctx)).toBe(1);
  const { id: runId } = await ctx.db.run.findFirstOrThrow({ select: { id: true } });
  world.clock.forward(HOUR_MS);
  await ctx.db.$transaction(
    async (tx) => {
      await lockRun(tx, runId);
      expect(await fireSchedules(ctx)).toBe(0);
      expect(await outcomes()).toEqual([['skip', '10:00 run', '11:00 skipped']]);
      const ending = { runId, cause: { kind: 'cancelled' }, at: ctx.clock.now(), actor: ctx.actor } as const;
      expect(await endRun(tx, ending)).toMatchObject({ state: 'cancelled' });
    },
    { timeout: 10_000 },
  );
});
