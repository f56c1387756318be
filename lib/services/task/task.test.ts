import { describe, expect, it } from 'vitest';
import { createRunQueue } from '#lib/jobs/queue.ts';
import { createLog } from '#lib/platform/log.ts';
import { cancelRun } from '../run/cancel-run.ts';
import { listRuns } from '../run/list-runs.ts';
import { startRun } from '../run/start-run.ts';
import { createTaskFor, LAKE, LANDING } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { createTask } from './create-task.ts';
import { deleteTask } from './delete-task.ts';
import { listTasks } from './list-tasks.ts';
import { planTask } from './plan-task.ts';

const problem = (code: string, field?: string) =>
  expect.objectContaining({ problem: expect.objectContaining(field === undefined ? { code } : { code, field }) });

describe('createTask', () => {
  it('keeps a table for one task, also when two are created at once', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id } = await makeConnection(ctx, world);
    const results = await Promise.allSettled(['One', 'Two'].map((name) => createTaskFor(ctx, id, name)));
    expect(results.filter((result) => result.status === 'rejected')).toEqual([
      { status: 'rejected', reason: problem('table-taken', 'target.settings.schema') },
    ]);
    await createTaskFor(ctx, id, 'Other table', { datasets: ['groups'] });
    await createTaskFor(ctx, id, 'Other place', { schema: 'elsewhere' });
    expect(await listTasks({ ctx, input: {} })).toHaveLength(3);
  });

  it('refuses a dataset with the name of a table that is written beside another one, in its task or another', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id } = await makeConnection(ctx, world);
    await ctx.db.dataset.updateMany({ where: { connectionId: id, name: 'groups' }, data: { name: 'users__ct' } });
    await expect(createTaskFor(ctx, id, 'Both', { datasets: ['users', 'users__ct'] })).rejects.toEqual(
      problem('table-taken', 'datasetIds'),
    );
    await createTaskFor(ctx, id, 'Users', { datasets: ['users'] });
    await expect(createTaskFor(ctx, id, 'Beside', { datasets: ['users__ct'] })).rejects.toEqual(
      problem('table-taken', 'target.settings.schema'),
    );
  });

  it('refuses a method that the target does not take, datasets of another connection, and a name that is taken', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const one = await makeConnection(ctx, world, 'One');
    const two = await makeConnection(ctx, world, 'Two');
    const task = await createTaskFor(ctx, one.id, 'Nightly');
    const base = { name: 'New', connectionId: one.id, datasetIds: task.datasets.map((dataset) => dataset.id) };
    const toLake = { method: 'reload' as const, targetId: LANDING.id, settings: { folder: 'contoso' } };
    await expect(createTask({ ctx, input: { ...base, target: toLake } })).rejects.toEqual(
      problem('method-does-not-fit', 'target.method'),
    );
    const elsewhere = { ...base, connectionId: two.id, target: { ...toLake, targetId: LAKE.id } };
    await expect(createTask({ ctx, input: elsewhere })).rejects.toEqual(problem('not-found'));
    await expect(createTaskFor(ctx, one.id, 'Nightly', { schema: 'other' })).rejects.toEqual(problem('name-taken', 'name'));
  });
});

describe('runs', () => {
  it('has one active run per task: a second start links the first, however they race', async () => {
    const world = await createTestWorld();
    const queue = createRunQueue({ databaseUrl: world.url, log: createLog('test', 'silent') });
    const ctx = { ...(await world.as('editor')), queue };
    const { id } = await makeConnection(ctx, world);
    const task = await createTaskFor(ctx, id, 'Nightly');
    try {
      const results = await Promise.allSettled(Array.from({ length: 4 }, () => startRun({ ctx, input: { taskId: task.id } })));
      const started = results.flatMap((result) => (result.status === 'fulfilled' ? [result.value] : []));
      expect(started).toHaveLength(1);
      expect(started[0]).toMatchObject({
        state: 'queued',
        taskName: 'Nightly',
        datasets: [{ datasetName: 'users', state: 'queued' }],
      });
      const refused = results.flatMap((result) => (result.status === 'rejected' ? [result.reason] : []));
      expect(refused).toEqual(Array(3).fill(problem('run-in-progress')));
      expect(refused[0]).toMatchObject({ problem: { link: `/runs/${started[0]?.id}` } });
      expect(await world.db.$queryRaw`SELECT count(*)::int AS jobs FROM pgboss.job WHERE name = 'reload-run'`).toEqual([
        { jobs: 1 },
      ]);
    } finally {
      await queue.stop();
    }
  });

  it('leaves neither run nor audit row behind when the job could not be queued', async () => {
    const world = await createTestWorld();
    const ctx = { ...(await world.as('editor')), queue: { ...world.queue, enqueueRun: async () => null } };
    const { id } = await makeConnection(ctx, world);
    const task = await createTaskFor(ctx, id, 'Nightly');
    await expect(startRun({ ctx, input: { taskId: task.id } })).rejects.toEqual(problem('run-in-progress'));
    expect(await listRuns({ ctx, input: {} })).toEqual([]);
    expect(await world.db.auditEvent.count({ where: { action: 'run.start' } })).toBe(0);
  });

  it('cancels a run that waits at once and takes its job away; one that is over says so; a running task is not deleted', async () => {
    const world = await createTestWorld();
    const counted: string[] = [];
    const ctx = { ...(await world.as('editor')), onRunEnded: (state: string) => void counted.push(state) };
    const { id } = await makeConnection(ctx, world);
    const task = await createTaskFor(ctx, id, 'Nightly');
    const run = await startRun({ ctx, input: { taskId: task.id } });
    await expect(deleteTask({ ctx, input: { taskId: task.id } })).rejects.toEqual(problem('task-is-running'));
    const cancelled = await cancelRun({ ctx, input: { runId: run.id } });
    expect(cancelled).toMatchObject({ state: 'cancelled', datasets: [{ state: 'cancelled' }] });
    expect(world.queue.cancelled).toEqual(['job-1']);
    await expect(cancelRun({ ctx, input: { runId: run.id } })).rejects.toEqual(problem('run-is-over'));
    expect(counted, 'in the metrics').toEqual(['cancelled']);
    await deleteTask({ ctx, input: { taskId: task.id } });
    expect(await listTasks({ ctx, input: {} })).toEqual([]);
  });

  it('only marks a running run as cancelling: its worker lets go by itself', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id } = await makeConnection(ctx, world);
    const task = await createTaskFor(ctx, id, 'Nightly');
    const run = await startRun({ ctx, input: { taskId: task.id } });
    await world.db.run.update({ where: { id: run.id }, data: { state: 'running' } });
    expect(await cancelRun({ ctx, input: { runId: run.id } })).toMatchObject({ state: 'cancelling' });
    expect(await cancelRun({ ctx, input: { runId: run.id } })).toMatchObject({ state: 'cancelling' });
    expect(world.queue.cancelled).toEqual([]);
  });
});

describe('planTask', () => {
  it('plans what a run would read, columns that are refused left out', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('editor');
    const { id } = await makeConnection(ctx, world);
    const task = await createTaskFor(ctx, id, 'Nightly', { datasets: ['users', 'groups'] });
    const plan = await planTask({ ctx, input: { taskId: task.id } });
    expect(plan).toMatchObject({ tenantSize: 'S', users: 40, latencyMs: 50, requests: 4 });
    expect(plan.datasets.map(({ name, pattern, rows }) => [name, pattern, rows])).toEqual(
      task.datasets.map(({ name }) => [name, 'one-request', 40]),
    );
  });
});
