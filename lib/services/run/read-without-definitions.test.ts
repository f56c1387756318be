import { expect, it } from 'vitest';
import { getTask } from '../task/get-task.ts';
import { listTasks } from '../task/list-tasks.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { getRun } from './get-run.ts';
import { listRuns } from './list-runs.ts';
import type { RunUpdate } from './run-feed.ts';
import { startRun } from './start-run.ts';
import { watchRun } from './watch-run.ts';

it('runs and tasks are read without the definitions of their datasets, which may be megabytes', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly', { datasets: ['users', 'devices'] });
  const started = await startRun({ ctx, input: { taskId: task.id } });
  const titles = started.datasets.map(({ title }) => title);
  // Removes the definition: code that reads it fails or shows another title.
  await world.db.$executeRaw`UPDATE dataset_runs SET definition = 'null'`;

  expect((await getRun({ ctx, input: { runId: started.id } })).datasets.map(({ title }) => title)).toEqual(titles);
  expect((await listRuns({ ctx, input: {} })).map(({ datasetsTotal }) => datasetsTotal)).toEqual([2]);
  expect((await listTasks({ ctx, input: {} })).map(({ lastRun }) => lastRun?.id)).toEqual([started.id]);
  const watched = (await watchRun({ ctx, input: { runId: started.id } }))(AbortSignal.timeout(20_000));
  expect(((await watched.next()).value as RunUpdate).run.datasets.map(({ title }) => title)).toEqual(titles);
  await watched.return(undefined);
  expect((await getTask({ ctx, input: { taskId: task.id } })).datasets.map(({ title }) => title)).toEqual(
    task.datasets.map(({ title }) => title),
  );
});

it('a list sums up the datasets of each run, and a task has its newest run', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly', { datasets: ['users', 'devices'] });
  await createTaskFor(ctx, connection.id, 'Never', { schema: 'never' });
  const first = await startRun({ ctx, input: { taskId: task.id } });
  const [one, other] = first.datasets;
  const update = (id: string | undefined, state: 'done' | 'incomplete', counts: object) =>
    world.db.datasetRun.update({ where: { id: id ?? '' }, data: { state, counts } });
  await update(one?.id, 'done', { rowsRead: 3_000_000_000, inserted: 1, updated: 2, deleted: 3 });
  await update(other?.id, 'incomplete', { rowsRead: 5 });
  await world.db.run.update({ where: { id: first.id }, data: { state: 'failed' } });
  world.clock.forward(1000);
  const second = await startRun({ ctx, input: { taskId: task.id } });

  const [newest, before] = await listRuns({ ctx, input: {} });
  expect(newest).toMatchObject({ id: second.id, datasetsTotal: 2, datasetsDone: 0, rowsRead: 0 });
  const sums = {
    datasetsTotal: 2,
    datasetsDone: 1,
    datasetsFailed: 1,
    rowsRead: 3_000_000_005,
    inserted: 1,
    updated: 2,
    deleted: 3,
  };
  expect(before).toMatchObject({ id: first.id, ...sums });
  expect(await getRun({ ctx, input: { runId: first.id } })).toMatchObject(sums);
  const lastRuns = (await listTasks({ ctx, input: {} })).map(({ name, lastRun }) => [name, lastRun?.id]);
  expect(lastRuns).toEqual([
    ['Never', undefined],
    ['Nightly', second.id],
  ]);
});
