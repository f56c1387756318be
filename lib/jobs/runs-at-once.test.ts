import { expect, it, onTestFinished, vi } from 'vitest';
import type { Wait } from '#lib/domain/run/wait.ts';
import { createLog } from '#lib/platform/log.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { createRunQueue } from './queue.ts';
import { type Reload, runnerOf } from './testing/fake-runner.ts';
import { report } from './testing/queued-run.ts';
import { startWorker } from './worker.ts';

/** A worker for `runsAtOnce` runs, and a function that starts runs of tasks. */
async function workerOf(runsAtOnce: number, reload: Reload) {
  const world = await createTestWorld();
  const queue = createRunQueue({ databaseUrl: world.url, log: createLog('test', 'silent') });
  const ctx = { ...(await world.as('editor')), queue };
  const connection = await makeConnection(ctx, world);
  const worker = await startWorker({ ...ctx, databaseUrl: world.url, runsAtOnce, runner: runnerOf(reload) });
  onTestFinished(async () => {
    await worker.stop();
    await queue.stop();
  });
  /** Starts a run of a new task. */
  const start = async (name: string) => {
    const task = await createTaskFor(ctx, connection.id, name, { schema: name });
    return (await startRun({ ctx, input: { taskId: task.id } })).id;
  };
  return { start };
}

it('a worker works several runs at once', async () => {
  const together = Promise.withResolvers<void>();
  const seen = new Set<string>();
  const t = await workerOf(2, async ({ runId }) => {
    seen.add(runId);
    if (seen.size === 2) together.resolve();
    await together.promise;
    return report('done');
  });
  await Promise.all([t.start('first'), t.start('second')]);
  await together.promise;
  expect(seen.size).toBe(2);
});

it('a run that waits for a quota keeps no other run in the queue', async () => {
  const released = Promise.withResolvers<void>();
  const worked = new Set<string>();
  const wait: Wait = { kind: 'quota', text: 'Graph allows no more.', since: '2026-11-28T14:05:00.000Z', until: null };
  const waiting = Promise.withResolvers<string>();
  const t = await workerOf(1, async ({ runId, onWait }) => {
    if (runId === (await waiting.promise)) {
      onWait(wait);
      await released.promise;
      onWait(null);
    }
    worked.add(runId);
    return report('done');
  });
  waiting.resolve(await t.start('waits'));
  const other = await t.start('other');
  try {
    await vi.waitFor(() => expect([...worked]).toEqual([other]), { timeout: 15_000 });
  } finally {
    released.resolve();
  }
  await vi.waitFor(() => expect(worked.size).toBe(2), { timeout: 15_000 });
});
