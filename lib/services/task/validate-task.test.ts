import { expect, it } from 'vitest';
import type { TargetOperations } from '#lib/executor/target-operations.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Context } from '../context.ts';
import { createTaskFor, LAKE } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { createTask } from './create-task.ts';
import { prepareTask } from './prepare-task.ts';
import { validateTask } from './validate-task.ts';

async function createWorld() {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  const task = await createTaskFor(ctx, connection.id, 'Nightly', { datasets: ['users', 'groups'] });
  return { world, ctx, task, of: { ctx, input: { taskId: task.id } } };
}

/** Names of the checks that failed. */
async function failed(of: { ctx: Context; input: { taskId: string } }): Promise<readonly string[]> {
  const { passed, checks } = await validateTask(of);
  const names = checks.filter((check) => !check.passed).map(({ name }) => name);
  expect(passed).toBe(names.length === 0);
  return names;
}

it('checks each dataset, the way to the target, its tables and the target itself, and shows the SQL', async () => {
  const { of } = await createWorld();
  const { passed, checks, ddl } = await validateTask(of);
  expect(passed).toBe(true);
  const names = checks.map(({ name }) => name);
  expect(names.toSorted()).toEqual(['reach', 'read-groups', 'read-users', 'tables', 'target']);
  expect(ddl).toMatch(/users[\s\S]*groups|groups[\s\S]*users/);
});

it('takes over what the test of the target found, and a test that could not be done is a failed check', async () => {
  const { ctx, of } = await createWorld();
  const check = { name: 'sign-in', title: 'Sign in', passed: false, detail: 'Wrong password.', remedy: 'Enter it again.' };
  const testing = (test: TargetOperations['test']): Context => ({ ...ctx, targets: (at) => ({ ...ctx.targets(at), test }) });
  expect(await failed({ ...of, ctx: testing(async () => ({ passed: false, checks: [check] })) })).toEqual(['target-sign-in']);
  const away = testing(() => Promise.reject(new NotFoundError('gateway')));
  expect(await failed({ ...of, ctx: away })).toEqual(['target']);
});

it('says what is missing for each check that fails, and leaves none out after the first', async () => {
  const { ctx, of, task } = await createWorld();
  const [users] = await ctx.db.dataset.findMany({ where: { name: 'users' } });
  const definition = { ...(users?.definition as object), permissions: ['Directory.AccessAsUser.All'] };
  await ctx.db.dataset.updateMany({ where: { name: 'users' }, data: { definition } });
  const other = await createTaskFor(ctx, task.connectionId, 'Other', { datasets: ['groups'], schema: 'elsewhere' });
  await ctx.db.task.update({ where: { id: other.id }, data: { namespace: task.namespace } });
  expect(await failed(of)).toEqual(['read-users', 'tables']);
  const { checks } = await validateTask(of);
  expect(checks.find(({ name }) => name === 'read-users')).toMatchObject({
    detail: 'The connection does not have Directory.AccessAsUser.All.',
    remedy: expect.stringContaining('grant Directory.AccessAsUser.All (delegated)'),
  });
  expect(checks.find(({ name }) => name === 'tables')).toMatchObject({
    detail: 'contoso/groups belongs to the task Other.',
    remedy: expect.stringContaining('another schema'),
  });
});

it('prepares the tables of all datasets at the target, and writes it to the audit trail', async () => {
  const { ctx, of, task } = await createWorld();
  const { tables, ddl } = await prepareTask(of);
  expect([...tables].toSorted()).toEqual(['groups', 'users']);
  expect(ddl).toBe((await validateTask(of)).ddl);
  const [event] = await ctx.db.auditEvent.findMany({ where: { action: 'task.prepare' } });
  expect(event).toMatchObject({ subjectId: task.id, detail: { name: 'Nightly', outcome: 'ok' } });
});

it('shows no SQL where the target makes nothing ahead', async () => {
  const { ctx, task } = await createWorld();
  const datasetIds = task.datasets.map(({ id }) => id);
  const target = { method: 'reload' as const, targetId: LAKE.id, settings: { folder: 'contoso' } };
  const { id: taskId } = await createTask({ ctx, input: { name: 'Lake', connectionId: task.connectionId, datasetIds, target } });
  expect((await validateTask({ ctx, input: { taskId } })).ddl).toBeNull();
});
