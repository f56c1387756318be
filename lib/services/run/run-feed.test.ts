import { expect, it, onTestFinished } from 'vitest';
import { NO_COUNTS } from '#lib/domain/run/run.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { createNotifications } from '#lib/platform/postgres/notifications.ts';
import { claimRun, updateDatasetRun } from '#lib/store/run/run-changes.ts';
import { RUN_CHANNEL } from '#lib/store/run/runs.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { createRunFeed, type RunUpdate } from './run-feed.ts';
import { startRun } from './start-run.ts';
import { watchRun } from './watch-run.ts';

const EVERY_MS = 5;

/** A run of two datasets, its feed, and the number of times that the feed has read the run. */
async function withRun() {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly', { datasets: ['users', 'devices'] });
  const run = await startRun({ ctx, input: { taskId: task.id } });
  const at = world.clock.now();
  const { attempt } = (await claimRun(world.db, run.id, at)) ?? { attempt: 0 };
  const reads = { count: 0 };
  const db = counting(world.db, reads);
  let idle = 0;
  const feed = createRunFeed({ db, runId: run.id, everyMs: EVERY_MS, onIdle: () => (idle += 1) });
  const progress = (name: 'users' | 'devices', rowsRead: number) => {
    const id = run.datasets.find(({ datasetName }) => datasetName === name)?.id ?? '';
    return updateDatasetRun(
      world.db,
      { id, attempt },
      {
        state: 'reading',
        counts: { ...NO_COUNTS, rowsRead },
      },
    );
  };
  const end = () => world.db.run.update({ where: { id: run.id }, data: { state: 'done', endedAt: at } });
  return { world, ctx, run, feed, reads, idleTimes: () => idle, progress, end };
}

function counting(db: Db, reads: { count: number }): Db {
  return new Proxy(db, {
    get(target, name) {
      if (name === 'run') reads.count += 1;
      return Reflect.get(target, name);
    },
  });
}

/** The database, on which `change` is executed just before the query `name`. */
function deletingBefore(db: Db, name: '$queryRaw' | 'datasetRun', change: () => Promise<unknown>): Db {
  return new Proxy(db, {
    get(target, property) {
      if (property !== name) return Reflect.get(target, property);
      if (name === 'datasetRun') return { findMany: (args: object) => change().then(() => target.datasetRun.findMany(args)) };
      return (...args: Parameters<Db['$queryRaw']>) => change().then(() => target.$queryRaw(...args));
    },
  });
}

async function next(updates: AsyncGenerator<RunUpdate>): Promise<{ event: string; state: string; read: Record<string, number> }> {
  const { value } = await updates.next();
  const { event, run } = value as RunUpdate;
  const read = Object.fromEntries(run.datasets.map(({ datasetName, counts }) => [datasetName, counts.rowsRead]));
  return { event, state: run.state, read };
}

it('tells the whole run first, then only the datasets that changed, and ends with the run', async () => {
  const { feed, progress, end, idleTimes } = await withRun();
  const updates = feed.watch(new AbortController().signal);
  expect(await next(updates)).toEqual({ event: 'run', state: 'running', read: { users: 0, devices: 0 } });
  await progress('devices', 10);
  expect(await next(updates)).toEqual({ event: 'change', state: 'running', read: { devices: 10 } });
  await progress('users', 20);
  expect(await next(updates)).toEqual({ event: 'change', state: 'running', read: { users: 20 } });
  await end();
  expect(await next(updates)).toEqual({ event: 'change', state: 'done', read: {} });
  expect(await updates.next()).toEqual({ done: true, value: undefined });
  expect(idleTimes()).toBe(1);
});

it('sums up all datasets in every event', async () => {
  const { feed, progress } = await withRun();
  const gone = new AbortController();
  const updates = feed.watch(gone.signal);
  await updates.next();
  await progress('users', 20);
  await updates.next();
  await progress('devices', 3);
  const { value } = await updates.next();
  expect(value?.run).toMatchObject({ rowsRead: 23, datasetsTotal: 2 });
  gone.abort();
});

it('gives a viewer that is slow several changes as one, and loses none', async () => {
  const { feed, progress, end } = await withRun();
  const [slow, fast] = [1, 2].map(() => feed.watch(new AbortController().signal)) as [
    AsyncGenerator<RunUpdate>,
    AsyncGenerator<RunUpdate>,
  ];
  await Promise.all([slow.next(), fast.next()]);
  for (let rows = 1; rows <= 5; rows++) {
    await progress(rows % 2 === 0 ? 'users' : 'devices', rows);
    expect(Object.values((await next(fast)).read)).toEqual([rows]);
  }
  await end();
  await fast.next();
  expect(await next(slow)).toEqual({ event: 'change', state: 'done', read: { users: 4, devices: 5 } });
  expect(await slow.next()).toMatchObject({ done: true });
});

it('reads the run once for all of its viewers, and not at all once the last one has left', async () => {
  const { feed, progress, reads, idleTimes } = await withRun();
  const gone = new AbortController();
  const viewers = Array.from({ length: 20 }, () => feed.watch(gone.signal));
  await Promise.all(viewers.map((viewer) => viewer.next()));
  expect(reads.count).toBe(1);
  await progress('users', 1);
  await Promise.all(viewers.map((viewer) => viewer.next()));
  const waiting = viewers.map((viewer) => viewer.next());
  gone.abort();
  for (const end of await Promise.all(waiting)) expect(end.done).toBe(true);
  expect(idleTimes()).toBe(1);
  const after = reads.count;
  await new Promise((done) => setTimeout(done, 10 * EVERY_MS));
  expect(reads.count).toBe(after);
});

it('of a run of 300 datasets only what changed is read and sent', async () => {
  const { world, feed, run, progress } = await withRun();
  const [template] = await world.db.datasetRun.findMany({ where: { runId: run.id } });
  const like = await world.db.dataset.findUniqueOrThrow({ where: { id: template?.datasetId ?? '' } });
  const ids = Array.from({ length: 298 }, (_, index) => String(index).padStart(26, '0'));
  const { definition, counts, notes } = template as { definition: object; counts: object; notes: object };
  await world.db.dataset.createMany({
    data: ids.map((id) => ({ id: `ds_${id}`, connectionId: like.connectionId, name: `d${id}`, area: like.area, definition })),
  });
  await world.db.datasetRun.createMany({
    data: ids.map((id, position) => ({
      ...{ id: `dsrun_${id}`, datasetId: `ds_${id}`, runId: run.id, position: position + 2, name: `d${id}`, title: `D ${id}` },
      ...{ definition, counts, notes },
    })),
  });
  const updates = feed.watch(new AbortController().signal);
  const bytes = async () => JSON.stringify((await updates.next()).value).length;
  expect(await bytes()).toBeGreaterThan(100_000);
  for (let rows = 1; rows <= 3; rows++) {
    await progress('users', rows);
    expect(await bytes()).toBeLessThan(1500);
  }
  await updates.return(undefined);
});

it('tells nothing of a change that nobody is shown', async () => {
  const { feed, world, run, progress } = await withRun();
  const updates = feed.watch(new AbortController().signal);
  await updates.next();
  await world.db.datasetRun.updateMany({ where: { runId: run.id }, data: { updatedAt: new Date(0) } });
  const update = next(updates);
  await new Promise((done) => setTimeout(done, 10 * EVERY_MS));
  await progress('users', 1);
  expect((await update).read).toEqual({ users: 1 });
  await updates.return(undefined);
});

it('a viewer that comes after the last one left sees the run as it is then', async () => {
  const { feed, progress } = await withRun();
  const first = feed.watch(new AbortController().signal);
  await first.next();
  await first.return(undefined);
  await progress('users', 9);
  const second = feed.watch(new AbortController().signal);
  expect(await next(second)).toEqual({ event: 'run', state: 'running', read: { users: 9, devices: 0 } });
  await second.return(undefined);
});

it('fails for its viewers when the run is gone, instead of standing still', async () => {
  const { feed, world, run } = await withRun();
  const updates = feed.watch(new AbortController().signal);
  await updates.next();
  await world.db.run.delete({ where: { id: run.id } });
  await expect(updates.next()).rejects.toThrow();
});

it.each(['$queryRaw', 'datasetRun'] as const)(
  'sends nothing of a run that is deleted before its datasets are read (%s)',
  async (reading) => {
    const { world, run } = await withRun();
    const feed = createRunFeed({
      db: deletingBefore(world.db, reading, () => world.db.run.delete({ where: { id: run.id } })),
      runId: run.id,
      everyMs: EVERY_MS,
      onIdle: () => undefined,
    });
    await expect(feed.watch(new AbortController().signal).next()).rejects.toThrow(/run/i);
  },
);

it('the service refuses a run that is not there, and watches one that is', async () => {
  const { ctx, run, world } = await withRun();
  await expect(watchRun({ ctx, input: { runId: 'run_00000000000000000000000000' } })).rejects.toThrow();
  const gone = new AbortController();
  const updates = (await watchRun({ ctx: await world.as('viewer'), input: { runId: run.id } }))(gone.signal);
  expect((await updates.next()).value?.run.id).toBe(run.id);
  gone.abort();
  expect(await updates.next()).toMatchObject({ done: true });
});

it('a run that is watched is read when the database says that it has changed, and not again and again', async () => {
  const { world, run, reads, progress, end } = await withRun();
  const changes = createNotifications({ databaseUrl: world.url, channel: RUN_CHANNEL, onError: () => undefined });
  onTestFinished(() => changes.stop());
  const watch = changes.watch([run.id]);
  const feed = createRunFeed({
    db: counting(world.db, reads),
    runId: run.id,
    everyMs: EVERY_MS,
    watch,
    onIdle: () => watch.stop(),
  });
  const updates = feed.watch(new AbortController().signal);
  await updates.next();
  await progress('users', 5);
  expect((await next(updates)).read).toEqual({ users: 5 });
  const readsBefore = reads.count;
  await new Promise((done) => setTimeout(done, 20 * EVERY_MS));
  expect(reads.count - readsBefore).toBeLessThan(3);
  await end();
  expect(await next(updates)).toMatchObject({ state: 'done' });
  await updates.return(undefined);
});
