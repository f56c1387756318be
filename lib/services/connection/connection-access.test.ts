import { describe, expect, it } from 'vitest';
import { AppError } from '#lib/platform/errors.ts';
import { insertNotification } from '#lib/store/notification/notifications.ts';
import type { Context } from '../context.ts';
import { listDatasets } from '../dataset/list-datasets.ts';
import { listMetadataJobs } from '../metadata-job/list-metadata-jobs.ts';
import { listDeliveries } from '../notification/deliveries.ts';
import { createNotificationRule, listNotificationRules } from '../notification/rules.ts';
import { createChannel } from '../notification/save-channel.ts';
import { listRuns } from '../run/list-runs.ts';
import { startRun } from '../run/start-run.ts';
import { getSchedule } from '../schedule/get-schedule.ts';
import { listSchedules } from '../schedule/list-schedules.ts';
import { saveSchedule } from '../schedule/save-schedule.ts';
import { getTarget } from '../target/get-target.ts';
import { listTasks } from '../task/list-tasks.ts';
import { createTaskFor, LANDING } from '../testing/make-task.ts';
import { SERVICE_ACCESS } from '../testing/service-access.ts';
import { createTestWorld, makeConnection, type TestWorld } from '../testing/test-context.ts';
import { getConnectionAccess, setConnectionAccess } from './connection-access.ts';
import { getConnection } from './get-connection.ts';
import { listConnections } from './list-connections.ts';

type Service = (call: { ctx: Context; input: unknown }) => Promise<unknown>;
const MODULES = import.meta.glob<Readonly<Record<string, unknown>>>(['/lib/services/*/*.ts', '!**/*.test.ts', '!**/testing/**'], {
  eager: true,
});
const FUNCTIONS = new Map(Object.values(MODULES).flatMap((exports) => Object.entries(exports))) as Map<string, Service>;

/** What needs the permission to edit the connection, beside the role. */
const NEEDS_EDIT = [
  ...['addDataset', 'applyImport', 'decideDifferences', 'deleteConnection', 'duplicateConnection', 'generateMetadata'],
  ...[
    'patchDataset',
    'previewImport',
    'removeDatasets',
    'renameConnection',
    'renewConnection',
    'selectDatasets',
    'setConnectionAccess',
  ],
  ...['setFilter', 'startMetadataJob', 'undoMetadataEdit', 'updateColumns', 'updateConnection'],
];

let world: TestWorld;
let owner: Context;
/** On the list: may use. */
let listed: Context;
/** Not on the list. */
let other: Context;
let ids: Readonly<Record<string, string>>;
/** A connection with a task, a schedule, a run and a job, and people with and without it. */
async function setUp(): Promise<void> {
  world = await createTestWorld();
  owner = await world.as('editor');
  listed = await world.as('editor');
  other = await world.as('editor');
  const connection = await makeConnection(owner, world);
  const connectionId = connection.id;
  const [dataset] = await listDatasets({ ctx: owner, input: { connectionId } });
  const task = await createTaskFor(owner, connection.id, 'Nightly');
  const taskId = task.id;
  const rule = { kind: 'daily', time: '06:30', weekdaysOnly: false } as const;
  await saveSchedule({ ctx: owner, input: { taskId, version: null, rule, timeZone: 'UTC' } });
  const run = await startRun({ ctx: owner, input: { taskId } });
  const [job] = await listMetadataJobs({ ctx: owner, input: { connectionId } });
  ids = { connectionId, taskId, runId: run.id, datasetId: dataset?.id ?? '', metadataJobId: job?.id ?? '' };
  const people = [{ email: emailOf(listed), access: 'use' as const }];
  await setConnectionAccess({ ctx: owner, input: { connectionId, audience: 'listed', people } });
}

const emailOf = ({ actor }: Context) => ('email' in actor ? actor.email : '');

/** Services whose input names something of a connection, with the ids of what is there. */
function naming(): readonly { readonly name: string; readonly input: Record<string, unknown> }[] {
  return Object.entries(SERVICE_ACCESS).flatMap(([name, { least, input, positional }]) => {
    if (positional === true || least === 'operator' || least === 'anybody' || typeof input !== 'object' || input === null)
      return [];
    const named = Object.keys(ids).filter((key) => key in input);
    return named.length === 0 ? [] : [{ name, input: { ...input, ...Object.fromEntries(named.map((key) => [key, ids[key]])) } }];
  });
}

async function codeOf(name: string, ctx: Context, input: unknown): Promise<string | null> {
  try {
    await FUNCTIONS.get(name)?.({ ctx, input });
    return null;
  } catch (error) {
    return error instanceof AppError ? error.code : String(error);
  }
}

describe('a connection that is open to listed people', () => {
  it('is not there for others: no service finds it or what belongs to it', async () => {
    await setUp();
    const found: string[] = [];
    for (const { name, input } of naming()) {
      const code = await codeOf(name, { ...other }, input);
      if (code !== 'not-found' && code !== 'fresh-sign-in-needed') found.push(`${name}: ${code}`);
    }
    expect(naming().length).toBeGreaterThan(50);
    expect(found).toEqual([]);
  });

  it('is in none of their lists', async () => {
    await setUp();
    const lists = async (ctx: Context) => {
      const call = { ctx, input: {} };
      const all = [await listConnections(call), await listTasks(call), await listRuns(call), await listSchedules(call)];
      return all.map(({ length }) => length);
    };
    expect(await lists(other)).toEqual([0, 0, 0, 0]);
    expect(await lists(listed)).toEqual([1, 1, 1, 1]);
    expect(await lists(await world.as('admin'))).toEqual([1, 1, 1, 1]);
  });

  it('is used, but not edited, by who is listed to use it', async () => {
    await setUp();
    const refused: string[] = [];
    for (const { name, input } of naming().filter(({ name: service }) => NEEDS_EDIT.includes(service))) {
      if ((await codeOf(name, listed, input)) === 'connection-edit-missing') refused.push(name);
    }
    expect(refused.toSorted()).toEqual(NEEDS_EDIT.toSorted());
    for (const name of ['getConnection', 'listDatasets', 'getDataset', 'getTask', 'getRun', 'testConnection', 'updateTask']) {
      const { input } = naming().find((service) => service.name === name) ?? {};
      expect(await codeOf(name, listed, input), name).toBeNull();
    }
  });

  it('is edited by its owner and by administrators, listed or not', async () => {
    await setUp();
    const { connectionId = '' } = ids;
    for (const ctx of [owner, await world.as('admin')]) {
      expect(await codeOf('renameConnection', ctx, { connectionId, name: 'Contoso' })).toBeNull();
    }
  });

  it('says to who asks what they may do with it', async () => {
    await setUp();
    const accessOf = async (ctx: Context) => {
      const [summary] = await listConnections({ ctx, input: {} });
      return [summary?.access, (await getConnection({ ctx, input: { connectionId: ids['connectionId'] ?? '' } })).access];
    };
    expect(await accessOf(listed)).toEqual(['use', 'use']);
    for (const ctx of [owner, await world.as('admin')]) expect(await accessOf(ctx)).toEqual(['edit', 'edit']);
  });

  it('is named to others by nothing: no rule, delivery, target, refusal or schedule shows its tasks', async () => {
    await setUp();
    const { connectionId = '', taskId = '' } = ids;
    const channel = await createChannel({
      ctx: await world.as('admin'),
      input: { name: 'Mail', target: { kind: 'email', to: ['x@contoso.test'] } },
    });
    const rule = { events: ['run-failed' as const], channelIds: [channel.channel.id] };
    const { id: ruleId } = await createNotificationRule({ ctx: owner, input: { name: 'Of the task', taskId, ...rule } });
    await createNotificationRule({ ctx: owner, input: { name: 'Of the connection', connectionId, ...rule } });
    await createNotificationRule({ ctx: owner, input: { name: 'Of all', ...rule } });
    const message = { title: 'Nightly failed.', facts: [], remedy: null, path: '/runs' };
    const told = { event: 'run-failed', at: world.clock.now(), message, channelIds: [channel.channel.id], inbox: false } as const;
    await world.db.$transaction(async (tx) => {
      await insertNotification(tx, { ...told, key: 'closed', connectionId });
      await insertNotification(tx, { ...told, key: 'open', connectionId: null });
    });
    await world.db.notificationDelivery.updateMany({ data: { state: 'dead' } });
    const mine = await makeConnection(other, world, 'Fabrikam');
    const follower = await createTaskFor(other, mine.id, 'Mine', { schema: 'fabrikam' });
    // It followed the other task before that was closed to its owner.
    const open = { connectionId, audience: 'everybody' as const, people: [] };
    await setConnectionAccess({ ctx: owner, input: open });
    const after = { kind: 'event', afterTaskId: taskId, states: ['done'] } as const;
    await saveSchedule({ ctx: other, input: { taskId: follower.id, version: null, rule: after, timeZone: 'UTC' } });
    await setConnectionAccess({ ctx: owner, input: { ...open, audience: 'listed' } });
    const deliveries = await listDeliveries({ ctx: owner, input: {} });
    const seen = {
      rules: await listNotificationRules({ ctx: other, input: {} }),
      deliveries: await listDeliveries({ ctx: other, input: {} }),
      target: await getTarget({ ctx: other, input: { targetId: LANDING.id } }),
      taken: await createTaskFor(other, mine.id, 'Same place', { schema: 'contoso' }).catch((error: AppError) => error.problem),
      schedule: await getSchedule({ ctx: other, input: { taskId: follower.id } }),
    };
    expect(deliveries).toHaveLength(2);
    expect(seen.rules.map(({ name }) => name)).toEqual(['Of all', 'What needs attention']);
    expect(seen.deliveries).toHaveLength(1);
    expect(seen.target).toMatchObject({ taskCount: 2, tasks: [{ name: 'Mine' }] });
    expect(seen.taken).toMatchObject({
      code: 'table-taken',
      title: 'contoso/users belongs to a task of a connection that you may not see.',
    });
    expect(seen.schedule?.sentence).toContain('a task that you may not see');
    expect(JSON.stringify([seen.rules, seen.target, seen.taken, seen.schedule])).not.toMatch(/Nightly/);
    const hidden = deliveries.find(({ id }) => id !== seen.deliveries[0]?.id)?.id ?? '';
    expect(await codeOf('sendDeliveryAgain', other, { deliveryId: hidden })).toBe('not-found');
    expect(await codeOf('sendDeliveryAgain', listed, { deliveryId: seen.deliveries[0]?.id })).toBeNull();
    expect(await codeOf('deleteNotificationRule', other, { ruleId })).toBe('not-found');
    expect(await codeOf('updateNotificationRule', other, { ruleId, name: 'Mine now', ...rule })).toBe('not-found');
    // What is deleted opens its log to nobody.
    await world.db.run.deleteMany();
    await world.db.task.deleteMany({ where: { id: taskId } });
    await world.db.connection.delete({ where: { id: connectionId } });
    expect(await listDeliveries({ ctx: other, input: {} })).toHaveLength(1);
  });

  it('notifies in no inbox of others', async () => {
    await setUp();
    const { connectionId = null } = ids;
    const message = { title: 'It failed.', facts: [], remedy: null, path: '/runs' };
    const told = { event: 'run-failed', key: 'x', at: world.clock.now(), message, channelIds: [], inbox: true } as const;
    await world.db.$transaction((tx) => insertNotification(tx, { ...told, connectionId }));
    const items = await world.db.inboxItem.findMany({ select: { user: { select: { email: true } } } });
    const emails = items.map(({ user }) => user.email);
    expect(emails).toEqual(expect.arrayContaining([emailOf(owner), emailOf(listed)]));
    expect(emails).not.toContain(emailOf(other));
  });

  it('lists people who have an account, and nobody else', async () => {
    await setUp();
    const input = { ...ids, audience: 'listed', people: [{ email: 'nobody@contoso.test', access: 'use' }] };
    expect(await codeOf('setConnectionAccess', owner, input)).toBe('person-unknown');
    const { connectionId = '' } = ids;
    expect(await getConnectionAccess({ ctx: listed, input: { connectionId } })).toEqual({
      audience: 'listed',
      owner: emailOf(owner),
      people: [{ email: emailOf(listed), access: 'use' }],
    });
  });
});
