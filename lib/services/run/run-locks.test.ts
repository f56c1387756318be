import { expect, it } from 'vitest';
import { NO_COUNTS } from '#lib/domain/run/run.ts';
import { lockRun, updateProgress } from '#lib/store/run/run-changes.ts';
import { lockTask } from '#lib/store/run/tasks.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { endRun } from './end-run.ts';
import { startRun } from './start-run.ts';

const ACTOR = { kind: 'job', jobName: 'test' } as const;

it('who locks a task or a run holds up no row that only refers to it, so that a firing, the progress and the end of a run cannot deadlock', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly', { datasets: ['users'] });
  const run = await startRun({ ctx, input: { taskId: task.id } });
  const key = { id: run.datasets[0]?.id ?? '', attempt: 0 };
  await world.db.run.update({ where: { id: run.id }, data: { state: 'running', startedAt: world.clock.now() } });

  await world.db.$transaction(async (tx) => {
    expect(await lockRun(tx, run.id)).toMatchObject({ state: 'running' });
    const series = { stepSeconds: 1, points: [[12, 3, 1] as const] };
    await updateProgress(world.db, key, { state: 'reading', counts: NO_COUNTS, series });
  });
  await world.db.$transaction(async (tx) => {
    expect(await lockTask(tx, task.id)).toBe(true);
    const ending = { runId: run.id, at: world.clock.now(), actor: ACTOR, cause: { kind: 'worked', attempt: 0 } } as const;
    expect(await world.db.$transaction((other) => endRun(other, ending))).toMatchObject({ runId: run.id });
  });
});
