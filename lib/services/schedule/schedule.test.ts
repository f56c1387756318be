import { describe, expect, it } from 'vitest';
import { createRunQueue } from '#lib/jobs/queue.ts';
import { createLog } from '#lib/platform/log.ts';
import { endRun } from '../run/end-run.ts';
import { startRun } from '../run/start-run.ts';
import { pauseTask } from '../task/pause-task.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { fireSchedules } from './fire-schedules.ts';
import { getSchedule } from './get-schedule.ts';
import { pauseSchedules } from './pause-schedules.ts';
import { previewSchedule } from './preview-schedule.ts';
import { type SaveScheduleInput, saveSchedule } from './save-schedule.ts';

const problem = (code: string, field?: string) =>
  expect.objectContaining({ problem: expect.objectContaining(field === undefined ? { code } : { code, field }) });
const HOUR_MS = 3_600_000;
const HOURLY = { kind: 'hourly', every: 1, minute: 0 } as const;

/** The clock of the test is at 09:00 UTC. */
async function scheduled(over: Partial<SaveScheduleInput> = {}) {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const { id: connectionId } = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connectionId, 'Nightly');
  const input = { taskId: task.id, version: null, rule: HOURLY, timeZone: 'UTC', ...over };
  const schedule = await saveSchedule({ ctx, input });
  /** Results of the planned times, oldest first. */
  const outcomes = async () => {
    const found = await getSchedule({ ctx, input: { taskId: task.id } });
    return found?.firings.map(({ plannedAt, outcome }) => `${plannedAt.slice(11, 16)} ${outcome}`).toReversed();
  };
  const endActive = async (state: 'done' | 'failed' = 'done') => {
    const run = await ctx.db.run.findFirstOrThrow({ where: { endedAt: null } });
    await ctx.db.datasetRun.updateMany({ where: { runId: run.id }, data: { state } });
    await ctx.db.run.update({
      where: { id: run.id },
      data: { state: 'running', attempt: 1 },
    });
    const cause = { kind: 'worked', attempt: 1 } as const;
    await ctx.db.$transaction((tx) => endRun(tx, { runId: run.id, cause, at: world.clock.now(), actor: ctx.actor }));
  };
  return { world, ctx, connectionId, task, schedule, outcomes, endActive, fire: () => fireSchedules(ctx) };
}

describe('a schedule', () => {
  it('starts the run of its task in the name of who saved it, and shows the next five times', async () => {
    const { world, ctx, task, schedule, outcomes, fire } = await scheduled();
    expect(schedule).toMatchObject({
      sentence: 'Every hour at :00, UTC',
      nextAt: '2026-03-01T10:00:00.000Z',
      owner: ctx.actor.email,
    });
    expect(schedule.next).toHaveLength(5);
    expect(await fire()).toBe(0);
    world.clock.forward(HOUR_MS);
    expect(await fire()).toBe(1);
    expect(await fire()).toBe(0);
    expect(await outcomes()).toEqual(['10:00 run']);
    expect(await ctx.db.run.findFirstOrThrow()).toMatchObject({
      taskId: task.id,
      startedByKind: 'schedule',
      startedById: schedule.id,
      startedByUserId: ctx.actor.userId,
      startedByName: `Schedule Nightly of ${ctx.actor.email}`,
    });
    expect(await ctx.db.auditEvent.count({ where: { action: 'run.start', actorKind: 'schedule' } })).toBe(1);
  });

  it('fires once, however many workers look at it at the same time', async () => {
    const { world, ctx, outcomes } = await scheduled();
    const queue = createRunQueue({ databaseUrl: world.url, log: createLog('test', 'silent') });
    try {
      world.clock.forward(HOUR_MS);
      const started = await Promise.all(Array.from({ length: 4 }, () => fireSchedules({ ...ctx, queue })));
      expect(started.reduce((sum, one) => sum + one, 0)).toBe(1);
      expect(await outcomes()).toEqual(['10:00 run']);
      expect(await ctx.db.run.count()).toBe(1);
    } finally {
      await queue.stop();
    }
  });

  it('skips a time while the last run is still going, and names that run', async () => {
    const { world, ctx, task, outcomes, fire, endActive } = await scheduled();
    const run = await startRun({ ctx, input: { taskId: task.id } });
    world.clock.forward(HOUR_MS);
    await fire();
    const found = await getSchedule({ ctx, input: { taskId: task.id } });
    expect(found?.firings).toMatchObject([{ outcome: 'skipped', reason: 'The previous run had not ended.', runId: run.id }]);
    await endActive();
    world.clock.forward(HOUR_MS);
    await fire();
    expect(await outcomes()).toEqual(['10:00 skipped', '11:00 run']);
  });

  it.each([
    ['run-once', ['10:00 missed', '11:00 missed', '12:00 run'], 1],
    ['skip', ['10:00 missed', '11:00 missed', '12:00 missed'], 0],
  ] as const)('after hours without a worker, %s: every time is recorded', async (missedRuns, expected, runs) => {
    const { world, ctx, outcomes, fire } = await scheduled({ missedRuns });
    world.clock.forward(3.5 * HOUR_MS);
    await fire();
    expect(await outcomes()).toEqual(expected);
    expect(await ctx.db.run.count()).toBe(runs);
  });

  it('records every missed time of a long stop, and starts one run', async () => {
    const { world, ctx, fire } = await scheduled({ rule: { kind: 'minutes', every: 1 } });
    world.clock.forward(20 * HOUR_MS + 60_000);
    expect(await fire()).toBe(1);
    expect(await ctx.db.scheduleFiring.groupBy({ by: ['outcome'], _count: true, orderBy: { outcome: 'asc' } })).toEqual([
      { outcome: 'run', _count: 1 },
      { outcome: 'missed', _count: 1200 },
    ]);
  });

  it('starts nothing while the task or all schedules are paused, and says so', async () => {
    const { world, ctx, task, outcomes, fire } = await scheduled();
    const admin = { ...(await world.as('admin')), clock: ctx.clock };
    await pauseTask({ ctx, input: { taskId: task.id, paused: true } });
    world.clock.forward(HOUR_MS);
    await fire();
    await pauseTask({ ctx, input: { taskId: task.id, paused: false } });
    expect((await pauseSchedules({ ctx: admin, input: { paused: true } })).pause).toMatchObject({ pausedBy: admin.actor.email });
    world.clock.forward(HOUR_MS);
    await fire();
    await pauseSchedules({ ctx: admin, input: { paused: false } });
    world.clock.forward(HOUR_MS);
    await fire();
    expect(await outcomes()).toEqual(['10:00 skipped', '11:00 skipped', '12:00 run']);
    const actions = await ctx.db.auditEvent.findMany({ where: { action: { startsWith: 'schedules.' } }, orderBy: { at: 'asc' } });
    expect(actions.map(({ action }) => action)).toEqual(['schedules.pause', 'schedules.resume']);
  });

  it('leaves nothing of a run behind that could not be queued', async () => {
    const { world, ctx, outcomes } = await scheduled();
    world.clock.forward(HOUR_MS);
    await fireSchedules({ ...ctx, queue: { ...world.queue, enqueueRun: async () => null } });
    expect(await outcomes()).toEqual(['10:00 skipped']);
    expect(await ctx.db.run.count()).toBe(0);
  });

  it('that is off fires at no time, and does not make up for it later', async () => {
    const { world, ctx, task, outcomes, fire } = await scheduled({ enabled: false });
    world.clock.forward(2 * HOUR_MS);
    await fire();
    const again = { taskId: task.id, version: 1, rule: HOURLY, timeZone: 'UTC' };
    expect(await saveSchedule({ ctx, input: again })).toMatchObject({ version: 2, nextAt: '2026-03-01T12:00:00.000Z' });
    await fire();
    expect(await outcomes()).toEqual([]);
    await expect(saveSchedule({ ctx, input: again })).rejects.toEqual(problem('edited-since'));
  });
});

describe('a schedule that follows another task', () => {
  it('fires when that task has ended in a chosen state', async () => {
    const t = await scheduled({ rule: HOURLY });
    const { ctx, connectionId, task } = t;
    const after = await createTaskFor(ctx, connectionId, 'After', { schema: 'after' });
    const rule = { kind: 'event', afterTaskId: task.id, states: ['done'] } as const;
    const saved = await saveSchedule({ ctx, input: { taskId: after.id, version: null, rule, timeZone: 'UTC' } });
    expect(saved).toMatchObject({ sentence: 'After Nightly has ended: done', nextAt: null, next: [] });
    await startRun({ ctx, input: { taskId: task.id } });
    await t.endActive('failed');
    expect(await t.fire()).toBe(0);
    await startRun({ ctx, input: { taskId: task.id } });
    await t.endActive();
    expect(await t.fire()).toBe(1);
    expect(await ctx.db.run.findMany({ where: { endedAt: null } })).toMatchObject([
      { taskId: after.id, startedByKind: 'schedule' },
    ]);
  });

  it('waits for no task that waits for it', async () => {
    const { ctx, connectionId, task } = await scheduled();
    const after = await createTaskFor(ctx, connectionId, 'After', { schema: 'after' });
    const follow = (taskId: string, afterTaskId: string, version: number | null) => {
      const rule = { kind: 'event', afterTaskId, states: ['done' as const] } as const;
      return saveSchedule({ ctx, input: { taskId, version, rule, timeZone: 'UTC' } });
    };
    await follow(after.id, task.id, null);
    await expect(follow(task.id, after.id, 1)).rejects.toEqual(problem('schedule-rule', 'rule.afterTaskId'));
    await expect(follow(task.id, task.id, 1)).rejects.toEqual(problem('schedule-rule', 'rule.afterTaskId'));
  });
});

it('a rule that cannot be read is refused at its field', async () => {
  const ctx = await (await createTestWorld()).as('viewer');
  const preview = (rule: SaveScheduleInput['rule'], timeZone = 'UTC') => previewSchedule({ ctx, input: { rule, timeZone } });
  expect(await preview({ kind: 'cron', expression: '30 6 * * 1-5' }, 'Europe/Berlin')).toMatchObject({
    sentence: 'At 06:30, Monday through Friday, Europe/Berlin',
    next: expect.arrayContaining(['2026-03-02T05:30:00.000Z']),
  });
  await expect(preview({ kind: 'cron', expression: 'soon' })).rejects.toEqual(problem('schedule-rule', 'rule.expression'));
  await expect(preview({ kind: 'rrule', text: 'FREQ=DAILY;UNTIL=20200101T000000Z' })).rejects.toEqual(
    problem('schedule-rule', 'rule.text'),
  );
  await expect(preview(HOURLY, 'Berlin')).rejects.toEqual(problem('time-zone', 'timeZone'));
});
