import { expect, it } from 'vitest';
import { findDataset } from '../dataset/find-dataset.ts';
import { listDatasets } from '../dataset/list-datasets.ts';
import { removeDatasets } from '../dataset/remove-datasets.ts';
import { datasetDefinition } from '../testing/fake-executor.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { listColumnNames } from './list-column-names.ts';
import { updateColumns } from './update-columns.ts';

async function withConnection() {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  world.executor.offered = [{ ...datasetDefinition('chats'), origin: 'advanced', entityType: 'microsoft.graph.chat' }];
  const [users] = [datasetDefinition('users')];
  const nested = { ...users.columns[0], name: 'proxyAddresses', sourcePath: 'proxyAddresses', key: false, nullable: true };
  const list = { ...nested, type: 'json', edmType: 'Collection(Edm.String)' } as (typeof users.columns)[number];
  users.columns.push(list);
  const items = { ...datasetDefinition('users_proxy_addresses'), kind: 'child' as const, path: '/users' };
  world.executor.datasets = [users, { ...items, child: { dataset: 'users', sourcePath: 'proxyAddresses' } }];
  const connection = await makeConnection(ctx, world);
  const datasets = await listDatasets({ ctx, input: { connectionId: connection.id } });
  const idOf = (name: string) => datasets.find((dataset) => dataset.name === name)?.id ?? '';
  return { ctx, connectionId: connection.id, idOf };
}

it('datasets are found by either name of a column, offers by the properties of their type', async () => {
  const { ctx, connectionId, idOf } = await withConnection();
  const change = [{ sourcePath: 'displayName', name: 'shown as' }];
  await updateColumns({ ctx, input: { datasetId: idOf('users'), columns: change } });
  const names = await listColumnNames({ ctx, input: { connectionId } });
  expect(names[idOf('users')]).toBe('id shown_as displayName proxyAddresses');
  expect(names['microsoft.graph.chat']).toBe('id displayName');
});

it('a dataset is found by its name, until it is taken out', async () => {
  const { ctx, connectionId, idOf } = await withConnection();
  expect((await findDataset({ ctx, input: { connectionId, name: 'users' } }))?.id).toBe(idOf('users'));
  await removeDatasets({ ctx, input: { connectionId, datasetIds: [idOf('users')] } });
  expect(await findDataset({ ctx, input: { connectionId, name: 'users' } })).toBeNull();
});

it('a nested collection that becomes a child table selects that table, and lets it go as JSON again', async () => {
  const { ctx, connectionId, idOf } = await withConnection();
  const selected = async () =>
    (await listDatasets({ ctx, input: { connectionId } })).find(({ name }) => name === 'users_proxy_addresses')?.selected;
  const turn = (nested: 'json' | 'child') =>
    updateColumns({
      ctx,
      input: { datasetId: idOf('users'), columns: [{ sourcePath: 'proxyAddresses', nested, selected: nested === 'json' }] },
    });
  expect(await selected()).toBe(false);
  await turn('child');
  expect(await selected()).toBe(true);
  await turn('json');
  expect(await selected()).toBe(false);
});
