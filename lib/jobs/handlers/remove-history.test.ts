import { expect, it } from 'vitest';
import { createLog } from '#lib/platform/log.ts';
import { setRetention } from '#lib/services/retention/retention.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { getTask } from '#lib/services/task/get-task.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { removeHistory } from './remove-history.ts';

const DAY_MS = 86_400_000;

/** A task with one run a day, of the given states; they end at once. The oldest first. */
async function withRuns(states: readonly ('done' | 'failed')[]) {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  const connection = await makeConnection(ctx, world);
  const { id: taskId } = await createTaskFor(ctx, connection.id, 'Nightly');
  const ids: string[] = [];
  for (const state of states) {
    const { id } = await startRun({ ctx, input: { taskId } });
    const endedAt = world.clock.now();
    await world.db.run.update({ where: { id }, data: { state, endedAt } });
    await world.db.datasetRun.updateMany({ where: { runId: id }, data: { state, endedAt } });
    ids.push(id);
    world.clock.forward(DAY_MS);
  }
  const deps = { ...world, log: createLog('test', 'silent') };
  const left = async () => (await world.db.run.findMany({ orderBy: { queuedAt: 'asc' } })).map(({ id }) => ids.indexOf(id));
  return { world, ctx, taskId, deps, left };
}

it('keeps everything while nothing else is set', async () => {
  const { world, deps, left } = await withRuns(['done', 'done']);
  const lines = await world.db.auditEvent.count();
  world.clock.forward(4000 * DAY_MS);
  await removeHistory(deps);
  expect(await left()).toEqual([0, 1]);
  expect(await world.db.auditEvent.count()).toBe(lines);
});

it('deletes runs that are older, but never the newest of a task, nor what says what is in a target', async () => {
  const { world, ctx, taskId, deps, left } = await withRuns(['done', 'failed', 'done', 'failed', 'failed', 'failed']);
  await setRetention({ ctx, input: { auditDays: null, runDays: 7 } });
  world.clock.forward(4 * DAY_MS);
  await removeHistory(deps, 1);
  expect(await left(), 'older than seven days: the first three; the third landed what is there').toEqual([2, 3, 4, 5]);
  world.clock.forward(100 * DAY_MS);
  await removeHistory(deps, 1);
  expect(await left()).toEqual([2, 5]);
  expect((await getTask({ ctx, input: { taskId } })).datasets).toMatchObject([{ landed: true, failed: true }]);
  expect(await world.db.datasetRun.count()).toBe(2);
});

it('deletes lines of the audit trail that are older, and says so in a line', async () => {
  const { world, ctx, deps } = await withRuns([]);
  await setRetention({ ctx, input: { auditDays: 30, runDays: null } });
  world.clock.forward(29 * DAY_MS);
  const lines = await world.db.auditEvent.count();
  await removeHistory(deps, 2);
  expect(await world.db.auditEvent.count()).toBe(lines);
  world.clock.forward(2 * DAY_MS);
  await removeHistory(deps, 2);
  const [line, ...others] = await world.db.auditEvent.findMany({ orderBy: { at: 'desc' } });
  expect(others).toEqual([]);
  expect(line).toMatchObject({ action: 'retention.delete', actorKind: 'job', detail: { lines, runs: 0 } });
});

it.each([[{ auditDays: 6, runDays: null }], [{ auditDays: null, runDays: 0 }], [{ auditDays: 1.5, runDays: null }]])(
  'refuses %j: a slip deletes nothing',
  async (input) => {
    const ctx = await (await createTestWorld()).as('admin');
    await expect(setRetention({ ctx, input })).rejects.toThrow(/days/);
  },
);
