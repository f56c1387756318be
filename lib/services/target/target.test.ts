import { describe, expect, it } from 'vitest';
import type { TargetAccess } from '#lib/domain/target/target.ts';
import { landingDatabase, localLake } from '#lib/targets/built-in.ts';
import type { Context } from '../context.ts';
import { createTask } from '../task/create-task.ts';
import { deleteTask } from '../task/delete-task.ts';
import { createTaskFor, LAKE, LANDING } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { createTarget } from './create-target.ts';
import { deleteTarget } from './delete-target.ts';
import { getTarget } from './get-target.ts';
import { listTargets } from './list-targets.ts';
import { requireTargetAccess } from './require-target-access.ts';
import { testNewTarget, testTarget } from './test-target.ts';
import { updateBuiltInTargets } from './update-built-in-targets.ts';
import { updateTarget } from './update-target.ts';

const SETTINGS = { host: 'db.example.com', port: 5432, database: 'warehouse', user: 'entrada', tls: 'verify-full', caPem: '' };
const WAREHOUSE = { name: 'Warehouse', kind: 'postgres', settings: SETTINGS, secrets: { password: 'pass word' } };
const EXPORTS = { name: 'Exports', kind: 'folder', settings: { path: '/srv/lake' } };
const problem = (code: string, field?: string) =>
  expect.objectContaining({ problem: expect.objectContaining({ code, ...(field === undefined ? {} : { field }) }) });

async function createWorld() {
  const world = await createTestWorld();
  return { world, ctx: await world.as('editor') };
}

const audited = async (ctx: Context) =>
  (await ctx.db.auditEvent.findMany({ where: { action: { startsWith: 'target.' } }, orderBy: { at: 'asc' } })).map(
    ({ action, detail }) => [action, detail],
  );

describe('targets', () => {
  it('the built-in ones are rows like any other, and nobody changes or deletes them', async () => {
    const { ctx } = await createWorld();
    const [landing, lake] = await listTargets({ ctx, input: {} });
    expect(landing).toMatchObject({
      id: LANDING.id,
      kind: 'postgres',
      builtIn: true,
      location: '127.0.0.1:5432/entrada_landing',
    });
    expect(lake).toMatchObject({ id: LAKE.id, kind: 'folder', builtIn: true, location: '/lake' });
    expect(lake?.methods).toEqual(['reload', 'reload-and-compare-files']);
    const input = { targetId: LAKE.id, name: 'Mine', settings: { path: '/etc' } };
    await expect(updateTarget({ ctx, input })).rejects.toEqual(problem('target-built-in'));
    await expect(deleteTarget({ ctx, input: { targetId: LAKE.id } })).rejects.toEqual(problem('target-built-in'));
  });

  it('the password is sealed: no answer and no line of the audit trail has it, only who reloads', async () => {
    const { ctx } = await createWorld();
    const created = await createTarget({ ctx, input: WAREHOUSE });
    expect(created).toMatchObject({
      name: 'Warehouse',
      settings: SETTINGS,
      location: 'db.example.com:5432/warehouse',
      tasks: [],
    });
    const shown = [created, await getTarget({ ctx, input: { targetId: created.id } }), await listTargets({ ctx, input: {} })];
    const stored = [await ctx.db.target.findMany(), await ctx.db.secret.findMany(), await audited(ctx)];
    expect(JSON.stringify([shown, stored])).not.toContain('pass word');
    expect(await requireTargetAccess(ctx, created.id)).toMatchObject({
      ...{ kind: 'postgres', settings: SETTINGS, secrets: { password: 'pass word' }, builtIn: false },
    });
  });

  it('what does not hold is refused by field, in the words of the form', async () => {
    const { ctx } = await createWorld();
    const create = (input: object) => createTarget({ ctx, input: { ...WAREHOUSE, ...input } });
    await expect(create({ settings: { ...SETTINGS, host: 'a b' } })).rejects.toEqual(problem('target-settings', 'settings.host'));
    await expect(create({ settings: { ...SETTINGS, port: 'x' } })).rejects.toEqual(problem('target-settings', 'settings.port'));
    await expect(create({ secrets: {} })).rejects.toEqual(problem('target-settings', 'secrets.password'));
    await expect(create({ secrets: { url: 'postgres://127.0.0.1/x', readerUrl: null } })).rejects.toEqual(
      problem('target-settings', 'secrets.password'),
    );
    await expect(create({ ...EXPORTS, settings: { path: 'relative' } })).rejects.toEqual(
      problem('target-settings', 'settings.path'),
    );
    await create({});
    await expect(create({})).rejects.toEqual(problem('name-taken', 'name'));
  });

  it('the stored password stays for a new name, and is asked for again when it would go elsewhere', async () => {
    const { ctx } = await createWorld();
    const { id: targetId } = await createTarget({ ctx, input: WAREHOUSE });
    await updateTarget({ ctx, input: { targetId, name: 'Renamed', settings: SETTINGS } });
    expect(await requireTargetAccess(ctx, targetId)).toMatchObject({ secrets: { password: 'pass word' } });
    const elsewhere = { targetId, name: 'Renamed', settings: { ...SETTINGS, host: 'evil.example.com' } };
    await expect(updateTarget({ ctx, input: elsewhere })).rejects.toEqual(problem('target-secrets-needed', 'secrets.password'));
    await updateTarget({ ctx, input: { ...elsewhere, secrets: { password: 'another' } } });
    expect(await requireTargetAccess(ctx, targetId)).toMatchObject({
      ...{ settings: { host: 'evil.example.com' }, secrets: { password: 'another' } },
    });
    expect(await ctx.db.secret.count({ where: { kind: 'target' } })).toBe(2);
  });

  it('a new location of one that tasks use has to be confirmed, and the refusal names the tasks', async () => {
    const { world, ctx } = await createWorld();
    const { id: connectionId } = await makeConnection(ctx, world);
    const { id: targetId } = await createTarget({ ctx, input: EXPORTS });
    const moved = { targetId, name: 'Exports', settings: { path: '/srv/other' } };
    await updateTarget({ ctx, input: moved });
    const [dataset] = (await createTaskFor(ctx, connectionId, 'First')).datasets;
    const settings = { folder: 'x', format: 'parquet' as const, versionsKept: 3 };
    const target = { method: 'reload' as const, targetId, settings };
    await createTask({ ctx, input: { name: 'Nightly', connectionId, datasetIds: [dataset?.id ?? ''], target } });
    await updateTarget({ ctx, input: { ...moved, name: 'Renamed' } });
    const back = { ...moved, settings: EXPORTS.settings };
    await expect(updateTarget({ ctx, input: back })).rejects.toMatchObject({
      problem: {
        code: 'target-location-used',
        detail: 'Nightly',
        title: '1 task would land in /srv/lake instead of /srv/other.',
      },
    });
    expect((await getTarget({ ctx, input: { targetId } })).location).toBe('/srv/other');
    expect((await updateTarget({ ctx, input: { ...back, confirm: true } })).location).toBe('/srv/lake');
  });

  it('a test is kept with the target and audited; that of a new one is audited alone', async () => {
    const { ctx } = await createWorld();
    const { id: targetId } = await createTarget({ ctx, input: EXPORTS });
    expect((await getTarget({ ctx, input: { targetId } })).lastTest).toBeNull();
    expect(await testTarget({ ctx, input: { targetId } })).toEqual({ passed: true, checks: [] });
    expect((await getTarget({ ctx, input: { targetId } })).lastTest).toEqual({
      ...{ passed: true, checks: [], at: '2026-03-01T09:00:00.000Z' },
    });
    await testNewTarget({ ctx, input: WAREHOUSE });
    expect((await audited(ctx)).map(([action]) => action)).toEqual(['target.create', 'target.test', 'target.test']);
  });

  it('one that tasks use is not deleted, and says by which; once they are gone it goes with its secret', async () => {
    const { world, ctx } = await createWorld();
    const { id: connectionId } = await makeConnection(ctx, world);
    const { id: targetId } = await createTarget({ ctx, input: WAREHOUSE });
    const [first] = (await createTaskFor(ctx, connectionId, 'First')).datasets;
    const settings = { schema: 'hr' };
    const target = { method: 'full-load' as const, targetId, settings };
    const task = await createTask({ ctx, input: { name: 'Nightly', connectionId, datasetIds: [first?.id ?? ''], target } });
    expect((await getTarget({ ctx, input: { targetId } })).tasks).toEqual([{ id: task.id, name: 'Nightly' }]);
    await expect(deleteTarget({ ctx, input: { targetId } })).rejects.toMatchObject({
      problem: { code: 'target-in-use', title: '1 task uses Warehouse.', detail: 'Nightly' },
    });
    await deleteTask({ ctx, input: { taskId: task.id } });
    await deleteTarget({ ctx, input: { targetId } });
    expect(await ctx.db.secret.count({ where: { kind: 'target' } })).toBe(1);
    await expect(getTarget({ ctx, input: { targetId } })).rejects.toEqual(problem('not-found'));
    await expect(
      createTask({ ctx, input: { name: 'Later', connectionId, datasetIds: [first?.id ?? ''], target } }),
    ).rejects.toEqual(problem('not-found'));
  });

  it('a table belongs to one task, also when two targets lead to it', async () => {
    const { world, ctx } = await createWorld();
    const { id: connectionId } = await makeConnection(ctx, world);
    const [users] = (await createTaskFor(ctx, connectionId, 'First')).datasets;
    const [one, two] = [
      await createTarget({ ctx, input: { ...EXPORTS, name: 'One' } }),
      await createTarget({ ctx, input: { ...EXPORTS, name: 'Two', settings: { path: '/srv/lake/a' } } }),
    ];
    const create = (name: string, targetId: string, folder: string) =>
      createTask({
        ctx,
        input: {
          name,
          connectionId,
          datasetIds: [users?.id ?? ''],
          target: { method: 'reload', targetId, settings: { folder } },
        },
      });
    await create('In one', one.id, 'a/b');
    await expect(create('In two', two.id, 'b')).rejects.toEqual(problem('table-taken', 'target.settings.folder'));
    await create('Beside', two.id, 'c');
    const moved = { targetId: two.id, name: 'Two', settings: { path: '/srv/lake' }, confirm: true };
    await updateTarget({ ctx, input: moved });
    await create('Under one', one.id, 'd');
    await updateTarget({ ctx, input: { ...moved, settings: { path: '/srv/other' } } });
    await create('Elsewhere', two.id, 'd');
    await expect(updateTarget({ ctx, input: moved })).rejects.toEqual(problem('table-taken'));
  });

  it('a worker that knows no reader of the landing database leaves the one of the server', async () => {
    const { world, ctx } = await createWorld();
    const lake = localLake('/lake');
    const url = 'postgres://owner:secret@127.0.0.1:5432/entrada_landing';
    const readerUrl = 'postgres://reader:secret@127.0.0.1:5432/entrada_landing';
    const update = (landing: TargetAccess, keepsReader: boolean) =>
      updateBuiltInTargets({ ctx: { db: world.db, ring: ctx.ring }, input: { landing, lake, keepsReader } });
    const known = async () => (await requireTargetAccess(ctx, LANDING.id)).secrets;
    await update(landingDatabase(url, readerUrl), false);
    await update(landingDatabase(url), true);
    expect(await known()).toEqual({ url, readerUrl });
    await update(landingDatabase(url.replace('5432', '5433')), true);
    expect(await known()).toMatchObject({ readerUrl: null });
    await update(landingDatabase(url, readerUrl), false);
    await update(landingDatabase(url), false);
    expect(await known()).toEqual({ url, readerUrl: null });
  });
});
