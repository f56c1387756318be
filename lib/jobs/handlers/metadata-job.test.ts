import { describe, expect, it } from 'vitest';
import { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { getDataset } from '#lib/services/dataset/get-dataset.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { getMetadataChanges } from '#lib/services/metadata/get-metadata-changes.ts';
import { cancelMetadataJob } from '#lib/services/metadata-job/cancel-metadata-job.ts';
import { getMetadataJob } from '#lib/services/metadata-job/get-metadata-job.ts';
import { listMetadataJobs } from '#lib/services/metadata-job/list-metadata-jobs.ts';
import { startMetadataJob } from '#lib/services/metadata-job/start-metadata-job.ts';
import { startRun } from '#lib/services/run/start-run.ts';
import { createTaskFor } from '#lib/services/testing/make-task.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { failLostMetadataJobs } from './fail-lost-metadata-jobs.ts';
import { runMetadataJob } from './metadata-job.ts';

const NEVER = new AbortController().signal;

/** A connection whose probe after the sign-in has ended. */
async function withConnection() {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const { id: connectionId } = await makeConnection(ctx, world);
  const [after] = await listMetadataJobs({ ctx, input: { connectionId } });
  const run = (id: string) => runMetadataJob(ctx, id, NEVER);
  const get = (metadataJobId: string) => getMetadataJob({ ctx, input: { metadataJobId } });
  const start = (kind: 'generate' | 'probe', sampleRows = 50) =>
    startMetadataJob({ ctx, input: { connectionId, kind, sampleRows } });
  const access = async (name: string) =>
    (await listDatasets({ ctx, input: { connectionId } })).find((dataset) => dataset.name === name);
  return { world, ctx, connectionId, after, run, get, start, access };
}

describe('a probe', () => {
  it('is queued by every sign-in, keeps what Graph answered, and says why', async () => {
    const { world, after, run, get, access } = await withConnection();
    expect(after).toMatchObject({ kind: 'probe', state: 'queued' });
    expect(await access('users')).toMatchObject({ access: 'granted', accessDetail: { probedAt: null } });
    world.executor.probes = {
      users: {
        access: 'granted',
        reason: null,
        problem: null,
        columns: [{ sourcePath: 'displayName', access: 'needs-licence', reason: 'It needs P1.' }],
      },
      groups: {
        access: 'needs-licence',
        reason: 'It needs P2.',
        problem: { code: 'missing-licence', title: 'No.' },
        columns: [],
      },
    };
    await run(after?.id ?? '');
    expect(await get(after?.id ?? '')).toMatchObject({
      state: 'done',
      progress: { done: 3, total: 3 },
      result: { access: { granted: 2, 'needs-licence': 1 } },
    });
    expect(await access('groups')).toMatchObject({
      access: 'needs-licence',
      accessDetail: { reason: 'It needs P2.', problem: { code: 'missing-licence' }, probedAt: world.clock.now().toISOString() },
    });
    expect((await access('users'))?.accessDetail.columns).toEqual([
      { sourcePath: 'displayName', access: 'needs-licence', reason: 'It needs P1.' },
    ]);
  });

  it('spares runs the columns that Graph refuses: they stay selected, and the run says that they cannot be read, and why', async () => {
    const { world, ctx, connectionId, after, run } = await withConnection();
    const columns = [{ sourcePath: 'displayName', access: 'needs-licence' as const, reason: 'It needs P1.' }];
    world.executor.probes = { users: { access: 'granted', reason: null, problem: null, columns } };
    await run(after?.id ?? '');
    const task = await createTaskFor(ctx, connectionId, 'Nightly');
    const { id, datasets } = await startRun({ ctx, input: { taskId: task.id } });
    const reason = 'It needs P1. Get the licence, or deselect the column.';
    expect(datasets[0]?.unread).toEqual([{ name: 'displayName', reason, since: world.clock.now().toISOString() }]);
    const { definition } = await ctx.db.datasetRun.findFirstOrThrow({ where: { runId: id } });
    expect(DatasetDefinition.parse(definition).columns.map(({ name, selected }) => [name, selected])).toEqual([
      ['id', true],
      ['displayName', true],
    ]);
  });

  it('says no more about permissions once the token has others', async () => {
    const { world, ctx, connectionId, after, run, access } = await withConnection();
    world.executor.probes = {
      devices: { access: 'missing-permission', reason: 'Graph refuses it.', problem: null, columns: [] },
    };
    await run(after?.id ?? '');
    expect((await access('devices'))?.access).toBe('missing-permission');
    const identity = { ...world.executor.identity, permissions: ['User.Read.All', 'Device.Read.All'] };
    await ctx.db.connection.update({ where: { id: connectionId }, data: { identity: JSON.parse(JSON.stringify(identity)) } });
    expect((await access('devices'))?.access).toBe('granted');
    expect(await access('groups')).toMatchObject({
      access: 'missing-permission',
      accessDetail: { missing: ['Group.Read.All'], reason: 'The token does not have Group.Read.All.' },
    });
  });
});

describe('generating', () => {
  it('adds what rows tell, unselected and to be decided, and keeps what was seen of each column', async () => {
    const { world, ctx, connectionId, start, run, get, access } = await withConnection();
    const { columns } = await getDataset({ ctx, input: { datasetId: (await access('users'))?.id ?? '' } });
    const [id] = columns;
    if (id === undefined) throw new TypeError('no column');
    const { typeChoices: _types, edited: _edited, ...column } = id;
    const extension = { ...column, name: 'extension_x_cost', sourcePath: 'extension_x_cost', key: false };
    world.executor.samples = {
      users: {
        rows: 50,
        problem: null,
        columns: [
          { found: false, column: { ...column, sampled: { rows: 50, nulls: 0 }, maxLength: 36 } },
          { found: true, column: { ...extension, sampled: { rows: 50, nulls: 50 } } },
        ],
      },
    };
    const job = await start('generate');
    await run(job.id);
    expect(await get(job.id)).toMatchObject({
      state: 'done',
      progress: { done: 2, total: 2, rows: 50 },
      result: {
        sampled: expect.arrayContaining([
          expect.objectContaining({ dataset: 'users', found: ['extension_x_cost'], alwaysNull: 1 }),
        ]),
      },
    });
    const after = await getDataset({ ctx, input: { datasetId: (await access('users'))?.id ?? '' } });
    expect(after.columns).toMatchObject([
      { name: 'id', maxLength: 36, sampled: { rows: 50, nulls: 0 }, selected: true },
      { name: 'displayName' },
      { name: 'extension_x_cost', origin: 'sample', selected: false },
    ]);
    expect(after.pending).toBe(1);
    // Generated without samples: columns that were found in rows stay.
    await run((await start('generate', 0)).id);
    const { pending } = await getMetadataChanges({ ctx, input: { connectionId } });
    expect(pending.map(({ kind, sourcePath, source }) => [kind, sourcePath, source])).toEqual([
      ['column-new', 'extension_x_cost', 'sample'],
    ]);
  });

  it('is one at a time, and can be cancelled while it waits and while it runs', async () => {
    const { world, ctx, start, run, get } = await withConnection();
    const waiting = await start('generate');
    await expect(start('generate')).rejects.toMatchObject({ problem: { code: 'metadata-job-in-progress' } });
    await cancelMetadataJob({ ctx, input: { metadataJobId: waiting.id } });
    await run(waiting.id);
    expect(await get(waiting.id)).toMatchObject({ state: 'cancelled', startedAt: null });
    const running = await start('generate');
    world.executor.sampleMetadata = async function* (_, signal) {
      await cancelMetadataJob({ ctx, input: { metadataJobId: running.id } });
      await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
      signal.throwIfAborted();
    };
    await run(running.id);
    expect(await get(running.id)).toMatchObject({ state: 'cancelled', problem: null });
  });

  it('ends with the problem in words when the source fails, and when its worker is gone', async () => {
    const { world, ctx, start, run, get } = await withConnection();
    world.executor.generateMetadata = () => Promise.reject(new Error('secret detail'));
    const job = await start('generate');
    await run(job.id);
    const failed = await get(job.id);
    expect(failed).toMatchObject({ state: 'failed', problem: { code: 'internal' } });
    expect(JSON.stringify(failed)).not.toContain('secret detail');
    const lost = await start('generate');
    await failLostMetadataJobs(ctx, async () => false);
    expect(await get(lost.id)).toMatchObject({ state: 'failed', problem: { code: 'metadata-job-lost' } });
  });
});
