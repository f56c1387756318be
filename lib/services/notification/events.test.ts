import { beforeEach, describe, expect, it } from 'vitest';
import type { NotificationEvent } from '#lib/domain/notification/event.ts';
import { newId } from '#lib/platform/id.ts';
import { listInbox } from '#lib/store/notification/notifications.ts';
import { saveRule } from '#lib/store/notification/rules.ts';
import { noteSignInNeeded } from '../connection/note-sign-in-needed.ts';
import type { Context } from '../context.ts';
import { endRun } from '../run/end-run.ts';
import { startRun } from '../run/start-run.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection, type TestWorld } from '../testing/test-context.ts';
import { checkConditions } from './check-conditions.ts';

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
let world: TestWorld;
let ctx: Context;
let connectionId: string;

beforeEach(async () => {
  world = await createTestWorld();
  ctx = await world.as('editor');
  connectionId = (await makeConnection(ctx, world)).id;
});

async function rule(events: NotificationEvent[], over: { connectionId?: string; taskId?: string } = {}) {
  await world.db.notificationRule.deleteMany({});
  const everything = { enabled: true, inbox: true, channelIds: [], daysBefore: 14, awayMinutes: 10, silentHours: 24 };
  const scope = {
    connectionId: (over.connectionId ?? null) as `conn_${string}` | null,
    taskId: (over.taskId ?? null) as `task_${string}` | null,
  };
  await world.db.$transaction((tx) => saveRule(tx, newId('nrul'), { name: 'Rule', ...everything, ...scope, events }));
}

/** Everybody's inbox, oldest first. */
async function told() {
  const { userId } = ctx.actor as { userId: string };
  return (await listInbox(world.db, { userId, unreadOnly: false, before: null, limit: 50 })).toReversed();
}
const events = async () => (await told()).map(({ event }) => event);

async function run(taskId: string, state: 'done' | 'partial' | 'failed', code = 'access-denied') {
  const { id: runId } = await startRun({ ctx, input: { taskId } });
  await world.db.run.update({ where: { id: runId }, data: { state: 'running', attempt: 1 } });
  const problem = state === 'done' ? {} : { problem: { code, title: 'Refused.', remedy: 'Ask.' } };
  await world.db.datasetRun.updateMany({ where: { runId }, data: { state, ...problem } });
  world.clock.forward(HOUR_MS);
  const cause = { kind: 'worked', attempt: 1 } as const;
  const end = () => world.db.$transaction((tx) => endRun(tx, { runId, cause, at: world.clock.now(), actor: ctx.actor }));
  await end();
  await end();
  return runId;
}

describe('a run that ends', () => {
  it('is told once: failed, done with problems, and the first success after them', async () => {
    const task = await createTaskFor(ctx, connectionId, 'Nightly');
    await run(task.id, 'done');
    const failed = await run(task.id, 'failed');
    await run(task.id, 'done');
    await run(task.id, 'done');
    expect(await events()).toEqual(['run-failed', 'run-recovered']);
    expect((await told())[0]).toMatchObject({ title: 'Nightly failed.', remedy: 'Ask.', path: `/runs/${failed}`, read: false });
  });

  it('asks, rather than has problems, when all that is amiss are deletions that wait for a person', async () => {
    const task = await createTaskFor(ctx, connectionId, 'Nightly');
    await run(task.id, 'failed', 'delete-share-exceeded');
    expect(await events()).toEqual(['deletes-held']);
  });

  it('is told by rules of its task and its connection, and by no rule of another', async () => {
    const [task, other] = [
      await createTaskFor(ctx, connectionId, 'One'),
      await createTaskFor(ctx, connectionId, 'Two', { schema: 'two' }),
    ];
    await rule(['run-failed'], { taskId: other.id });
    await run(task.id, 'failed');
    await rule(['run-partial'], { connectionId });
    await run(task.id, 'failed');
    expect(await events()).toEqual([]);
    await rule(['run-failed'], { connectionId });
    await run(task.id, 'failed');
    expect(await events()).toEqual(['run-failed']);
  });

  it('leaves no notification when its transaction is rolled back', async () => {
    const task = await createTaskFor(ctx, connectionId, 'Nightly');
    const { id: runId } = await startRun({ ctx, input: { taskId: task.id } });
    const end = world.db.$transaction(async (tx) => {
      const problem = { code: 'run-lost', title: 'Lost.' } as const;
      await endRun(tx, { runId, cause: { kind: 'lost', problem }, at: world.clock.now(), actor: ctx.actor });
      throw new Error('rolled back');
    });
    await expect(end).rejects.toThrow('rolled back');
    expect(await world.db.notification.count()).toBe(0);
  });
});

it('a connection that needs re-authentication is told once, and again after it was ready meanwhile', async () => {
  const problem = { code: 'needs-reauthentication', title: 'The sign-in has ended.' } as const;
  const note = () => noteSignInNeeded(world, { id: connectionId, name: 'Contoso' }, problem);
  await note();
  await note();
  expect(await events()).toEqual(['sign-in-needed']);
  await world.db.connection.updateMany({ data: { state: 'ready' } });
  world.clock.forward(1);
  await note();
  expect(await events()).toEqual(['sign-in-needed', 'sign-in-needed']);
});

describe('what comes about without anything happening', () => {
  /** Checks twice at each time: the second check adds nothing. */
  async function checked() {
    await checkConditions(world);
    await checkConditions(world);
    return events();
  }

  it('a secret is told of from the days that the rule sets, once for each end', async () => {
    await rule(['credential-ends']);
    const tokenCacheAt = { tokenCache: { update: { updatedAt: world.clock.now() } } };
    const credentialExpiresAt = new Date(world.clock.now().getTime() + 20 * DAY_MS);
    await world.db.connection.update({ where: { id: connectionId }, data: { credentialExpiresAt, ...tokenCacheAt } });
    expect(await checked()).toEqual([]);
    world.clock.forward(6 * DAY_MS);
    expect(await checked()).toEqual(['credential-ends']);
    world.clock.forward(DAY_MS);
    expect(await checked()).toHaveLength(1);
    expect((await told())[0]?.title).toBe('The client secret of Contoso expires in 14 days.');
  });

  it('a sign-in that nothing renews is told of before Entra ends it', async () => {
    await rule(['credential-ends']);
    const renewedAt = world.clock.now();
    await world.db.connection.update({
      where: { id: connectionId },
      data: { credentialExpiresAt: null, tokenCache: { update: { updatedAt: renewedAt } } },
    });
    world.clock.forward(75 * DAY_MS);
    expect(await checked()).toEqual([]);
    world.clock.forward(DAY_MS);
    expect(await checked()).toEqual(['credential-ends']);
    expect((await told())[0]?.title).toBe('The sign-in of Contoso expires in 14 days.');
  });

  it('a gateway is told of once for each absence', async () => {
    await rule(['gateway-away']);
    const lastSeenAt = world.clock.now();
    await world.db.gateway.create({ data: { id: newId('gw'), name: 'Plant', registeredAt: lastSeenAt, lastSeenAt } });
    world.clock.forward(9 * 60_000);
    expect(await checked()).toEqual([]);
    world.clock.forward(60_000);
    expect(await checked()).toEqual(['gateway-away']);
    await world.db.gateway.updateMany({ data: { lastSeenAt: world.clock.now() } });
    expect(await checked()).toHaveLength(1);
    world.clock.forward(10 * 60_000);
    expect(await checked()).toHaveLength(2);
  });

  it('a task that landed nothing is told of once, unless it is paused', async () => {
    await rule(['nothing-landed']);
    const task = await createTaskFor(ctx, connectionId, 'Nightly');
    await world.db.task.updateMany({ data: { createdAt: world.clock.now() } });
    world.clock.forward(23 * HOUR_MS);
    expect(await checked()).toEqual([]);
    world.clock.forward(HOUR_MS);
    await world.db.task.updateMany({ data: { pausedAt: world.clock.now() } });
    expect(await checked()).toEqual([]);
    await world.db.task.updateMany({ data: { pausedAt: null } });
    expect(await checked()).toEqual(['nothing-landed']);
    expect((await told())[0]).toMatchObject({ title: 'Nightly has landed no data for 24 hours.', path: `/tasks/${task.id}` });
  });

  it('planned times that a schedule missed together are told of together', async () => {
    await rule(['schedule-missed']);
    const task = await createTaskFor(ctx, connectionId, 'Nightly');
    const scheduleId = newId('sched');
    const { userId: ownerId } = ctx.actor as { userId: string };
    const schedule = { id: scheduleId, taskId: task.id, ownerId, rule: {}, timeZone: 'UTC', missedRuns: 'skip' } as const;
    await world.db.schedule.create({ data: schedule });
    const handledAt = world.clock.now();
    const firing = (hours: number) => ({ scheduleId, handledAt, plannedAt: new Date(handledAt.getTime() - hours * HOUR_MS) });
    await world.db.scheduleFiring.createMany({ data: [1, 2].map((hours) => ({ ...firing(hours), outcome: 'missed' as const })) });
    await world.db.scheduleFiring.create({ data: { ...firing(3), outcome: 'skipped' } });
    expect(await checked()).toEqual(['schedule-missed']);
    expect((await told())[0]?.title).toBe('The schedule of Nightly missed 2 planned times.');
  });
});
