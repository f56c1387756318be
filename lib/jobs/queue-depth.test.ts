import { expect, it } from 'vitest';
import { createLog } from '#lib/platform/log.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { readQueueDepth } from '#lib/store/run/queue-depth.ts';
import { reloadRunJob } from './definitions/reload-run.ts';
import { createRunQueue } from './queue.ts';

it('a run that no worker has taken is one job of the queue', async () => {
  const world = await createTestWorld();
  const queue = createRunQueue({ databaseUrl: world.url, log: createLog('test', 'silent') });
  const ctx = { ...(await world.as('editor')), queue };
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly');
  await startRun({ ctx, input: { taskId: task.id } });
  const depth = await readQueueDepth(world.db);
  await queue.stop();
  expect(depth).toContainEqual({ queue: reloadRunJob.name, state: 'created', jobs: 1 });
});
