import { describe, expect, it } from 'vitest';
import { updateColumns } from '../column/update-columns.ts';
import { addDataset } from '../dataset/add-dataset.ts';
import { getDataset } from '../dataset/get-dataset.ts';
import { listDatasets } from '../dataset/list-datasets.ts';
import { removeDatasets } from '../dataset/remove-datasets.ts';
import { selectDatasets } from '../dataset/select-datasets.ts';
import { setFilter } from '../filter/set-filter.ts';
import { validateFilter } from '../filter/validate-filter.ts';
import { listOffers } from '../offer/list-offers.ts';
import { datasetDefinition } from '../testing/fake-executor.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { getEditHistory } from './get-edit-history.ts';
import { undoMetadataEdit } from './undo-metadata-edit.ts';

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });

async function withConnection() {
  const world = await createTestWorld();
  world.executor.offered = [{ ...datasetDefinition('chats', []), origin: 'advanced' }];
  const ctx = await world.as('editor');
  const { id: connectionId } = await makeConnection(ctx, world);
  const list = () => listDatasets({ ctx, input: { connectionId } });
  const datasets = await list();
  const idOf = (name: string) => datasets.find((dataset) => dataset.name === name)?.id ?? '';
  const step = (direction: 'undo' | 'redo') => undoMetadataEdit({ ctx, input: { connectionId, direction } });
  const columns = async (name: string) => (await getDataset({ ctx, input: { datasetId: idOf(name) } })).columns;
  return { world, ctx, connectionId, idOf, list, step, columns };
}

describe('edits', () => {
  it('are taken back one by one in their order and made again, and a new one ends what could be made again', async () => {
    const { ctx, connectionId, idOf, step, columns, list } = await withConnection();
    const datasetId = idOf('users');
    const rename = (name: string) => updateColumns({ ctx, input: { datasetId, columns: [{ sourcePath: 'displayName', name }] } });
    const nameNow = async () => (await columns('users')).find(({ sourcePath }) => sourcePath === 'displayName')?.name;
    await rename('one');
    await rename('two');
    await selectDatasets({ ctx, input: { connectionId, datasetIds: [idOf('devices')], selected: true } });
    const { undo } = await step('undo');
    expect(undo?.label).toBe('Change a column of users');
    expect((await list()).find(({ name }) => name === 'devices')?.selected).toBe(false);
    await step('undo');
    expect(await nameNow()).toBe('one');
    await step('redo');
    expect(await nameNow()).toBe('two');
    await step('undo');
    await rename('three');
    expect(await getEditHistory({ ctx, input: { connectionId } })).toMatchObject({ redo: null });
    await expect(step('redo')).rejects.toEqual(problem('nothing-to-redo'));
    await step('undo');
    await step('undo');
    expect(await nameNow()).toBe('displayName');
    await expect(step('undo')).rejects.toEqual(problem('nothing-to-undo'));
  });

  it('that change nothing are none', async () => {
    const { ctx, connectionId, idOf } = await withConnection();
    await setFilter({ ctx, input: { datasetId: idOf('users'), filter: null } });
    expect(await getEditHistory({ ctx, input: { connectionId } })).toEqual({ undo: null, redo: null });
  });

  it('say what a person changed, and which types lose nothing', async () => {
    const { ctx, idOf } = await withConnection();
    const { columns } = await updateColumns({
      ctx,
      input: { datasetId: idOf('users'), columns: [{ sourcePath: 'displayName', name: 'shown', key: true }] },
    });
    expect(columns[1]).toMatchObject({ edited: ['name', 'nullable', 'key'], typeChoices: ['string'], nullable: false });
    const refused = updateColumns({
      ctx,
      input: { datasetId: idOf('users'), columns: [{ sourcePath: 'displayName', type: 'date' }] },
    });
    await expect(refused).rejects.toEqual(problem('type-loses-values'));
    const child = updateColumns({
      ctx,
      input: { datasetId: idOf('users'), columns: [{ sourcePath: 'displayName', nested: 'child' }] },
    });
    await expect(child).rejects.toEqual(problem('not-a-collection'));
  });

  it('leave a line in the audit trail each, by who made them', async () => {
    const { world, ctx, idOf, step } = await withConnection();
    await setFilter({ ctx, input: { datasetId: idOf('users'), filter: "userType eq 'Guest'" } });
    await step('undo');
    const events = await world.db.auditEvent.findMany({ orderBy: { at: 'asc' }, where: { action: { startsWith: 'dataset.' } } });
    expect(events.map(({ action, actorKind, actorId }) => [action, actorKind, actorId])).toEqual([
      ['dataset.set-filter', 'user', ctx.actor.userId],
    ]);
    expect(await world.db.auditEvent.count({ where: { action: 'metadata.undo' } })).toBe(1);
  });
});

describe('what can be added', () => {
  it('becomes a dataset, is offered again once it was taken out, and comes back as it was', async () => {
    const { ctx, connectionId, list, step } = await withConnection();
    const offers = async () => (await listOffers({ ctx, input: { connectionId } })).map(({ name, origin }) => [name, origin]);
    expect(await offers()).toEqual([['chats', 'advanced']]);
    const added = await addDataset({ ctx, input: { connectionId, path: '/chats' } });
    expect(added).toMatchObject({ name: 'chats', origin: 'advanced', selected: true });
    expect(await offers()).toEqual([]);
    await expect(addDataset({ ctx, input: { connectionId, path: '/chats' } })).rejects.toEqual(problem('dataset-there'));
    await updateColumns({
      ctx,
      input: { datasetId: added.id, columns: [{ sourcePath: 'displayName', name: 'called' }] },
    });
    await removeDatasets({ ctx, input: { connectionId, datasetIds: [added.id] } });
    expect((await list()).map(({ name }) => name)).not.toContain('chats');
    await expect(getDataset({ ctx, input: { datasetId: added.id } })).rejects.toEqual(problem('not-found'));
    expect(await offers()).toEqual([['chats', 'advanced']]);
    const again = await addDataset({ ctx, input: { connectionId, path: '/chats', selected: false } });
    expect(again).toMatchObject({ id: added.id, selected: false });
    expect(again.columns[1]?.name).toBe('called');
    await step('undo');
    expect((await list()).map(({ name }) => name)).not.toContain('chats');
  });

  it('is nothing that $metadata does not offer', async () => {
    const { ctx, connectionId } = await withConnection();
    await expect(addDataset({ ctx, input: { connectionId, path: '/nothing' } })).rejects.toEqual(problem('not-found'));
  });
});

it('a dataset that a task uses is never taken out', async () => {
  const { ctx, connectionId, idOf } = await withConnection();
  await createTaskFor(ctx, connectionId, 'Nightly');
  const refused = removeDatasets({ ctx, input: { connectionId, datasetIds: [idOf('groups'), idOf('users')] } });
  await expect(refused).rejects.toMatchObject({
    problem: { code: 'dataset-used', title: 'The task Nightly uses users.' },
  });
  expect((await listDatasets({ ctx, input: { connectionId } })).map(({ name }) => name)).toContain('groups');
});

it('a filter is kept with the dataset, and tried at Graph on request', async () => {
  const { ctx, idOf } = await withConnection();
  const datasetId = idOf('users');
  expect(await setFilter({ ctx, input: { datasetId, filter: ' accountEnabled eq true ' } })).toMatchObject({
    filter: 'accountEnabled eq true',
    filtered: true,
  });
  expect(await validateFilter({ ctx, input: { datasetId, filter: 'accountEnabled eq true' } })).toMatchObject({ valid: true });
  expect(await validateFilter({ ctx, input: { datasetId, filter: 'wrong' } })).toMatchObject({ valid: false });
  await expect(setFilter({ ctx, input: { datasetId, filter: '  ' } })).rejects.toThrow();
});
