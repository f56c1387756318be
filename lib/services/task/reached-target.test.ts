import { describe, expect, it } from 'vitest';
import { updateConnection } from '../connection/update-connection.ts';
import type { Context } from '../context.ts';
import { createGateway } from '../gateway/create-gateway.ts';
import { createGatewayGroup } from '../gateway-group/save-gateway-group.ts';
import { startRun } from '../run/start-run.ts';
import { createTarget } from '../target/create-target.ts';
import { updateTarget } from '../target/update-target.ts';
import { createTaskFor, LANDING } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';

const SETTINGS = { host: 'db.example.com', port: 5432, database: 'warehouse', user: 'entrada', tls: 'verify-full', caPem: '' };
const WAREHOUSE = { kind: 'postgres', settings: SETTINGS, secrets: { password: 'pass word' } };

async function createWorld() {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  const connection = await makeConnection(ctx, world);
  const gatewayOf = async (name: string) => (await createGateway({ ctx, input: { name } })).gateway.id;
  const readThrough = (choice: object) =>
    updateConnection({ ctx, input: { connectionId: connection.id, name: 'Contoso', credential: 'secret', ...choice } });
  const target = async (name: string, choice: object) =>
    (await createTarget({ ctx, input: { name, ...WAREHOUSE, ...choice } })).id;
  let tasks = 0;
  const land = (targetId: string) => taskInto(ctx, connection.id, targetId, ++tasks);
  return { ctx, connection, gatewayOf, readThrough, target, land };
}

function taskInto(ctx: Context, connectionId: string, targetId: string, number: number) {
  return createTaskFor(ctx, connectionId, `Task ${number}`, { schema: `contoso_${number}`, targetId });
}

const notReached = (title: string) =>
  expect.objectContaining({
    problem: expect.objectContaining({
      code: 'target-not-reached',
      field: 'target.targetId',
      title: expect.stringContaining(title),
    }),
  });

const noFit = (field: string) => ({ code: 'option-does-not-fit', problem: { field } });

describe('a connection', () => {
  it('moves to another gateway only with the tasks that could not land from there named, and confirmed', async () => {
    const { ctx, gatewayOf, readThrough, target, land } = await createWorld();
    const [north, south] = [await gatewayOf('North'), await gatewayOf('South')];
    await readThrough({ gatewayId: south });
    const behind = await land(await target('Behind south', { gatewayId: south }));
    const open = await land(await target('Public', {}));
    const refused = (title: string) => ({
      code: 'tasks-not-reached',
      problem: { title, detail: 'Tasks, with their targets: Task 1 (Behind south).', field: 'gatewayId' },
    });
    await expect(readThrough({ gatewayId: north })).rejects.toMatchObject(refused('North does not reach the target of 1 task.'));
    await expect(readThrough({})).rejects.toMatchObject(refused('This server does not reach the target of 1 task.'));
    // Nothing was moved: the same gateway needs no confirmation.
    await readThrough({ gatewayId: south });
    expect(await readThrough({ confirm: true })).toMatchObject({ gateway: null });
    // From then on their runs are refused at the start, not by the process that would write.
    const link = `/tasks/${behind.id}/edit`;
    const title = 'Only the data gateway South reaches Behind south, but the server itself reads Contoso.';
    const stopped = { code: 'target-not-reached', problem: expect.objectContaining({ title, link }) };
    await expect(startRun({ ctx, input: { taskId: behind.id } })).rejects.toMatchObject(stopped);
    expect(await startRun({ ctx, input: { taskId: open.id } })).toMatchObject({ state: 'queued' });
    await readThrough({ gatewayId: south });
    expect(await startRun({ ctx, input: { taskId: behind.id } })).toMatchObject({ state: 'queued' });
  });
});

describe('a task', () => {
  it('of a gateway does not land in the built-in database of the server, and says what to do', async () => {
    const { ctx, connection, gatewayOf, readThrough, target, land } = await createWorld();
    await readThrough({ gatewayId: await gatewayOf('Plant') });
    await expect(land(LANDING.id)).rejects.toEqual(notReached('the data gateway Plant does not reach it'));
    // The test of the gateway checks whether it reaches a host.
    const reached = await target('Public', {});
    expect(await land(reached)).toMatchObject({ targetName: 'Public', gateway: { name: 'Plant' } });
    // Several processes of a gateway may read its datasets.
    const together = createTaskFor(ctx, connection.id, 'Together', {
      schema: 'together',
      targetId: reached,
      publish: 'together',
    });
    await expect(together).rejects.toMatchObject(noFit('target.settings.publish'));
  });

  it('has no option that its target cannot do', async () => {
    const { ctx, connection } = await createWorld();
    const settings = { host: 'db.example.com', port: 3306, database: 'warehouse', user: 'entrada' };
    const input = { name: 'Maria', kind: 'mariadb', settings, secrets: { password: 'pass word' } };
    const targetId = (await createTarget({ ctx, input })).id;
    const create = (more: object) => createTaskFor(ctx, connection.id, 'Maria', { targetId, ...more });
    await expect(create({ publish: 'together' })).rejects.toMatchObject(noFit('target.settings.publish'));
    await expect(create({ relationKeys: 'comments' })).rejects.toMatchObject(noFit('target.settings.relationKeys'));
    expect(await create({})).toMatchObject({ targetName: 'Maria' });
  });

  it('lands where the process that reads its connection reaches: the server, the same gateway, or one of the same group', async () => {
    const { ctx, gatewayOf, readThrough, target, land } = await createWorld();
    const [north, south, far] = [await gatewayOf('North'), await gatewayOf('South'), await gatewayOf('Far')];
    const behindSouth = await target('Behind south', { gatewayId: south });
    await expect(land(behindSouth)).rejects.toEqual(notReached('Only the data gateway South reaches Behind south'));
    await readThrough({ gatewayId: south });
    await land(behindSouth);
    await readThrough({ gatewayId: north, confirm: true });
    await expect(land(behindSouth)).rejects.toEqual(notReached('but the data gateway North reads the connection'));
    const group = await createGatewayGroup({ ctx, input: { name: 'Plants', gatewayIds: [north, south] } });
    await land(behindSouth);
    await readThrough({ gatewayGroupId: group.id });
    await land(behindSouth);
    const input = { targetId: behindSouth, name: 'Behind far', settings: SETTINGS, gatewayId: far };
    await updateTarget({ ctx, input });
    await expect(land(behindSouth)).rejects.toEqual(notReached('the gateway group Plants'));
  });
});
