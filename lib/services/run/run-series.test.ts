import { expect, it } from 'vitest';
import { NO_COUNTS } from '#lib/domain/run/run.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { updateProgress } from '#lib/store/run/run-changes.ts';
import { getTaskSeries } from '../task/get-task-series.ts';
import { listTasks } from '../task/list-tasks.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { endRun } from './end-run.ts';
import { getRun } from './get-run.ts';
import { getRunSeries } from './get-run-series.ts';
import { startRun } from './start-run.ts';

const ACTOR = { kind: 'job', jobName: 'test' } as const;

/** The same database; counts its queries. */
function counting(db: Db) {
  let queries = 0;
  const $allOperations = ({ args, query }: { args: unknown; query: (args: unknown) => Promise<unknown> }) => {
    queries++;
    return query(args);
  };
  const counted = db.$extends({ query: { $allOperations } }) as unknown as Db;
  const take = () => {
    const taken = queries;
    queries = 0;
    return taken;
  };
  return { db: counted, take };
}

it('a run has its figures over time, a task those of its ended runs; a list of tasks has them in a fixed number of queries', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly', { datasets: ['users', 'devices'] });
  const run = await startRun({ ctx, input: { taskId: task.id } });
  const [users] = run.datasets;
  expect(await getRunSeries({ ctx, input: { runId: run.id } })).toMatchObject({ startedAt: null, points: [] });
  await world.db.run.update({ where: { id: run.id }, data: { state: 'running', startedAt: world.clock.now() } });

  const key = { id: users?.id ?? '', attempt: 0 };
  const counts = { ...NO_COUNTS, rowsRead: 12, inserted: 10, updated: 2, requests: 3, refused: 1 };
  const series = (rows: number) => ({ stepSeconds: 1, points: [[rows, 3, 1] as const] });
  await updateProgress(world.db, key, { state: 'reading', counts, series: series(12) });
  const late = { ...key, attempt: -1 };
  await updateProgress(world.db, late, { state: 'queued', counts: NO_COUNTS, series: series(1) });
  expect((await getRun({ ctx, input: { runId: run.id } })).datasets[0]).toMatchObject({ state: 'reading', counts });
  const { points } = await getRunSeries({ ctx, input: { runId: run.id } });
  expect(points).toEqual([{ atSeconds: 0, rows: 12, requests: 3, refused: 1 }]);

  world.clock.forward(90_000);
  const ending = { runId: run.id, at: world.clock.now(), actor: ACTOR, series: series(13) };
  await world.db.$transaction((tx) => endRun(tx, { ...ending, cause: { kind: 'worked', attempt: 0 } }));
  expect((await getRunSeries({ ctx, input: { runId: run.id } })).points).toMatchObject([{ rows: 13 }]);
  const point = { runId: run.id, seconds: 90, rowsRead: 12, inserted: 10, updated: 2, deleted: 0, requests: 3 };
  const { runs } = await getTaskSeries({ ctx, input: { taskId: task.id } });
  expect(runs).toMatchObject([point]);

  world.clock.forward(1000);
  await startRun({ ctx, input: { taskId: task.id } });
  const counted = counting(world.db);
  const list = () => listTasks({ ctx: { ...ctx, db: counted.db }, input: {} });
  const [listed] = await list();
  expect(listed?.recentRuns).toEqual(runs);
  expect(listed?.lastRun?.state).toBe('queued');

  const queriesOfOne = counted.take();
  for (const name of ['b', 'c', 'd']) {
    const { id } = await createTaskFor(ctx, connection.id, name, { schema: name });
    await startRun({ ctx, input: { taskId: id } });
  }
  expect([(await list()).length, counted.take()]).toEqual([4, queriesOfOne]);
});
