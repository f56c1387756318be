import { describe, expect, it } from 'vitest';
import type { TaskDto } from '#lib/domain/task/task.ts';
import { listDatasets } from '../dataset/list-datasets.ts';
import { startRun } from '../run/start-run.ts';
import { createFakeTargets } from '../testing/fake-targets.ts';
import { createTaskFor, LAKE, LANDING } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { createTask } from './create-task.ts';
import { duplicateTask } from './duplicate-task.ts';
import { getTask } from './get-task.ts';
import { pauseTask } from './pause-task.ts';
import { updateTask } from './update-task.ts';
import { validateTask } from './validate-task.ts';

const problem = (code: string, field?: string) =>
  expect.objectContaining({ problem: expect.objectContaining(field === undefined ? { code } : { code, field }) });

async function worldWithTask(datasets = ['users']) {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const { id: connectionId } = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connectionId, 'Nightly', { datasets });
  const offered = await listDatasets({ ctx, input: { connectionId } });
  const datasetId = (name: string) => offered.find((dataset) => dataset.name === name)?.id ?? '';
  return { world, ctx, connectionId, task, datasetId };
}

type World = Awaited<ReturnType<typeof worldWithTask>>;

/** A run whose datasets ended in these states, in the order of the task. */
async function ended({ world, ctx, task }: World, ...states: readonly ('done' | 'failed' | 'incomplete')[]) {
  const run = await startRun({ ctx, input: { taskId: task.id } });
  world.clock.forward(60_000);
  const endedAt = world.clock.now();
  for (const [index, { id }] of run.datasets.entries()) {
    await world.db.datasetRun.update({ where: { id }, data: { state: states[index] ?? 'done', endedAt } });
  }
  await world.db.run.update({ where: { id: run.id }, data: { state: 'done', endedAt } });
}

/** A context whose targets record the tables that they drop, and this record. */
function withDroppingTargets(before: World['ctx']) {
  const dropped: unknown[] = [];
  const targets = {
    ...createFakeTargets(),
    drop: async ({ wanted }: { wanted: { tables: readonly string[] } }) => {
      dropped.push(wanted.tables);
      return { tables: wanted.tables };
    },
  };
  return { ctx: { ...before, targets: () => targets }, dropped };
}

const fullLoad = ({ target }: TaskDto) => ({
  method: 'full-load' as const,
  targetId: target.targetId,
  settings: { schema: 'contoso' },
});

describe('updateTask', () => {
  it('changes name, datasets and settings, and keeps what is landed', async () => {
    const t = await worldWithTask();
    await ended(t);
    const edit = { name: 'Morning', datasetIds: [t.datasetId('users'), t.datasetId('groups')] };
    const target = { ...t.task.target, settings: { ...t.task.target.settings, history: true } } as TaskDto['target'];
    const after = await updateTask({ ctx: t.ctx, input: { taskId: t.task.id, version: 1, ...edit, target } });
    expect(after).toMatchObject({ name: 'Morning', version: 2, target: { settings: { history: true, schema: 'contoso' } } });
    expect(after.datasets.map(({ name, landed }) => [name, landed])).toEqual([
      ['users', true],
      ['groups', false],
    ]);
    const audited = await t.world.db.auditEvent.findFirstOrThrow({ where: { action: 'task.update' } });
    expect(audited.detail).toMatchObject({ nameBefore: 'Nightly', datasetsAdded: [t.datasetId('groups')], datasetsRemoved: [] });
  });

  it('refuses an edit that was made from an earlier version', async () => {
    const { ctx, task } = await worldWithTask();
    const edits = ['A', 'B'].map((name) => updateTask({ ctx, input: { taskId: task.id, version: 1, name } }));
    const refused = (await Promise.allSettled(edits)).filter(({ status }) => status === 'rejected');
    expect(refused).toEqual([{ status: 'rejected', reason: problem('edited-since') }]);
  });

  it('locks the method as long as rows are landed, and drops them only when that is asked for', async () => {
    const t = await worldWithTask();
    const edit = { taskId: t.task.id, target: fullLoad(t.task) };
    const { ctx, dropped } = withDroppingTargets(t.ctx);
    await ended(t);
    await expect(updateTask({ ctx, input: { ...edit, version: 1 } })).rejects.toEqual(problem('method-locked', 'target.method'));
    expect(dropped).toEqual([]);
    const after = await updateTask({ ctx, input: { ...edit, version: 1, recreate: true } });
    expect(after).toMatchObject({ method: 'full-load', version: 2, awaitsDrop: false, datasets: [{ landed: false }] });
    expect(dropped).toEqual([['users']]);
  });

  it('locks the names as long as rows are landed, and drops the tables by the names that they have', async () => {
    const t = await worldWithTask();
    const named = (names: object) => ({ ...t.task.target, settings: { ...t.task.target.settings, names } }) as TaskDto['target'];
    const { ctx, dropped } = withDroppingTargets(t.ctx);
    const taskId = t.task.id;
    await updateTask({ ctx, input: { taskId, version: 1, target: named({ tablePrefix: 'entra_' }) } });
    await ended(t);
    const edit = { taskId, version: 2, target: named({ columns: 'snake_case' }) };
    await expect(updateTask({ ctx, input: edit })).rejects.toEqual(problem('names-locked', 'target.settings.names'));
    const after = await updateTask({ ctx, input: { ...edit, recreate: true } });
    expect(after.target.settings.names).toEqual({ columns: 'snake_case', tablePrefix: '', renames: [] });
    expect(dropped).toEqual([['entra_users']]);
  });

  it('refuses names by which two datasets would be one table, also with the table of another task', async () => {
    const t = await worldWithTask(['users', 'groups']);
    const edit = (taskId: string, version: number, names: object) =>
      updateTask({
        ctx: t.ctx,
        input: {
          taskId,
          version,
          target: { ...t.task.target, settings: { ...t.task.target.settings, names } } as TaskDto['target'],
        },
      });
    const same = { renames: [{ dataset: 'groups', to: 'users' }] };
    await expect(edit(t.task.id, 1, same)).rejects.toEqual(problem('table-taken', 'target.settings.names'));
    await expect(createTaskFor(t.ctx, t.connectionId, 'Other', { datasets: ['users'] })).rejects.toEqual(problem('table-taken'));
    await edit(t.task.id, 1, { tablePrefix: 'entra_' });
    const other = await createTaskFor(t.ctx, t.connectionId, 'Other', { datasets: ['users'] });
    await expect(edit(other.id, 1, { tablePrefix: 'entra_' })).rejects.toEqual(problem('table-taken', 'target.settings.schema'));
  });

  it('changes the method freely before the first run, and in another place', async () => {
    const t = await worldWithTask();
    const { ctx, task } = t;
    await updateTask({ ctx, input: { taskId: task.id, version: 1, target: fullLoad(task) } });
    await ended(t);
    const elsewhere = { ...task.target, settings: { schema: 'elsewhere' } } as TaskDto['target'];
    const after = await updateTask({ ctx, input: { taskId: task.id, version: 2, target: elsewhere } });
    expect(after).toMatchObject({ method: 'reload-and-compare', namespace: 'elsewhere', datasets: [{ landed: false }] });
  });

  it('neither starts nor edits a task whose landed rows could not be dropped, until they are', async () => {
    const t = await worldWithTask();
    await ended(t);
    const targets = { ...createFakeTargets(), drop: async () => Promise.reject(new Error('away')) };
    const edit = { taskId: t.task.id, version: 1, target: fullLoad(t.task), recreate: true };
    await expect(updateTask({ ctx: { ...t.ctx, targets: () => targets }, input: edit })).rejects.toThrow('away');
    const input = { taskId: t.task.id };
    expect(await getTask({ ctx: t.ctx, input })).toMatchObject({ method: 'full-load', awaitsDrop: true });
    await expect(startRun({ ctx: t.ctx, input })).rejects.toEqual(problem('landed-not-dropped'));
    await expect(updateTask({ ctx: t.ctx, input: { ...input, version: 2 } })).rejects.toEqual(problem('landed-not-dropped'));
  });

  it('refuses tables of another task, and to move while it runs', async () => {
    const { ctx, connectionId, task, datasetId } = await worldWithTask();
    await createTaskFor(ctx, connectionId, 'Groups', { datasets: ['groups'] });
    const both = [datasetId('users'), datasetId('groups')];
    await expect(updateTask({ ctx, input: { taskId: task.id, version: 1, datasetIds: both } })).rejects.toEqual(
      problem('table-taken', 'target.settings.schema'),
    );
    await startRun({ ctx, input: { taskId: task.id } });
    const elsewhere = { ...task.target, settings: { schema: 'elsewhere' } } as TaskDto['target'];
    await expect(updateTask({ ctx, input: { taskId: task.id, version: 1, target: elsewhere } })).rejects.toEqual(
      problem('task-is-running'),
    );
    expect((await updateTask({ ctx, input: { taskId: task.id, version: 1, name: 'Renamed' } })).name).toBe('Renamed');
  });
});

describe('duplicateTask', () => {
  it('gives each copy a name and a place of its own', async () => {
    const { ctx, task } = await worldWithTask();
    const copies = [];
    for (let round = 0; round < 2; round++) copies.push(await duplicateTask({ ctx, input: { taskId: task.id } }));
    expect(copies.map(({ name, namespace }) => [name, namespace])).toEqual([
      ['Nightly copy', 'contoso_copy'],
      ['Nightly copy 2', 'contoso_copy_2'],
    ]);
    expect(copies[0]).toMatchObject({ target: { targetId: LANDING.id }, datasetNames: ['users'], lastRun: null });
  });
});

describe('the folder of a lake task', () => {
  it('has the names of the day when it was chosen, and is taken by no other task, however it is written', async () => {
    const { ctx, connectionId, datasetId } = await worldWithTask();
    const create = (name: string, folder?: string, method: 'reload' | 'reload-and-compare-files' = 'reload') => {
      const settings = folder === undefined ? {} : { folder };
      const target = { method, targetId: LAKE.id, settings } as const;
      return createTask({ ctx, input: { name, connectionId, datasetIds: [datasetId('users')], target } });
    };
    const task = await create('To the lake');
    const [connection] = task.namespace.split('/');
    expect(task).toMatchObject({
      namespace: `${connection}/to_the_lake`,
      target: { settings: { folder: '{connection}/{task}' } },
    });

    const renamed = await updateTask({ ctx, input: { taskId: task.id, version: 1, name: 'Renamed', target: task.target } });
    expect(renamed).toMatchObject({ namespace: task.namespace, target: task.target });
    await expect(create('To the lake', `{connection}/{task}`)).rejects.toMatchObject({
      problem: { code: 'table-taken', title: `${connection}/to_the_lake/users belongs to the task Renamed.` },
    });
    await expect(create('By dataset', `${connection}/to_the_lake/{dataset}/{date}`)).rejects.toEqual(
      problem('table-taken', 'target.settings.folder'),
    );
    const moved = { ...task.target, settings: { ...task.target.settings, folder: 'raw/{dataset}/entra' } } as TaskDto['target'];
    expect(await updateTask({ ctx, input: { taskId: task.id, version: 2, target: moved } })).toMatchObject({
      namespace: 'raw/{dataset}/entra',
    });
    expect((await create('To the lake')).namespace).toBe(task.namespace);
    expect((await duplicateTask({ ctx, input: { taskId: task.id } })).namespace).toBe('raw_copy/{dataset}/entra');
  });

  it('lies neither inside the folder of a dataset of another task nor around it; the check of the task names its folders', async () => {
    const { ctx, connectionId, datasetId } = await worldWithTask(['users', 'groups']);
    const create = (name: string, folder: string, datasets: readonly string[]) =>
      createTask({
        ctx,
        input: {
          ...{ name, connectionId, datasetIds: datasets.map(datasetId) },
          target: { method: 'reload', targetId: LAKE.id, settings: { folder } },
        },
      });
    const outer = await create('Outer', 'raw', ['users']);
    await expect(create('Inner', 'raw/users/hr', ['groups'])).rejects.toMatchObject({
      problem: {
        ...{ code: 'table-taken', field: 'target.settings.folder' },
        title: 'The folder raw/users/hr/groups lies inside raw/users, a folder of the task Outer.',
      },
    });
    const inner = await create('Inner', 'raw/groups_of/hr', ['users']);
    await expect(create('Around', 'raw/{dataset}_of', ['groups'])).rejects.toMatchObject({
      problem: {
        ...{ code: 'table-taken', field: 'target.settings.folder' },
        title: 'The folder raw/groups_of contains raw/groups_of/hr/users, a folder of the task Inner.',
      },
    });
    expect((await create('Beside', 'raw/{dataset}/{date}', ['groups'])).namespace).toBe('raw/{dataset}/{date}');
    expect(inner.namespace).toBe('raw/groups_of/hr');
    const { checks } = await validateTask({ ctx, input: { taskId: outer.id } });
    expect(checks.find(({ name }) => name === 'tables')).toMatchObject({
      ...{ passed: true, detail: 'Folders below the target: raw/users.' },
    });
  });
});

describe('startRun', () => {
  it('is refused while the task is paused', async () => {
    const { ctx, task } = await worldWithTask();
    const input = { taskId: task.id };
    expect((await pauseTask({ ctx, input: { ...input, paused: true } })).pausedAt).not.toBeNull();
    await expect(startRun({ ctx, input })).rejects.toEqual(problem('task-paused'));
    await pauseTask({ ctx, input: { ...input, paused: false } });
    expect(await startRun({ ctx, input })).toMatchObject({ state: 'queued' });
    expect(await ctx.db.auditEvent.count({ where: { action: { in: ['task.pause', 'task.resume'] } } })).toBe(2);
  });

  it('reads chosen datasets alone, or those that failed', async () => {
    const t = await worldWithTask(['users', 'groups', 'devices']);
    const { ctx, task, datasetId } = t;
    const input = { taskId: task.id };
    await expect(startRun({ ctx, input: { ...input, failedOnly: true } })).rejects.toEqual(problem('nothing-failed'));
    const order = task.datasets.map(({ name }) => name);
    await ended(t, 'done', 'failed', 'incomplete');
    expect((await getTask({ ctx, input })).datasets.map(({ failed }) => failed)).toEqual([false, true, true]);
    const failed = await startRun({ ctx, input: { ...input, failedOnly: true } });
    expect(failed.datasets.map(({ datasetName }) => datasetName)).toEqual(order.slice(1));
    await ctx.db.run.updateMany({ data: { state: 'done' } });
    const chosen = await startRun({ ctx, input: { ...input, datasetIds: [datasetId('groups')] } });
    expect(chosen.datasets.map(({ datasetName }) => datasetName)).toEqual(['groups']);
    await ctx.db.run.updateMany({ data: { state: 'done' } });
    const foreign = { ...input, datasetIds: [`ds_${'3'.repeat(20)}`] };
    await expect(startRun({ ctx, input: foreign })).rejects.toEqual(problem('not-found'));
  });
});
