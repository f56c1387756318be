import { describe, expect, it } from 'vitest';
import { chooseColumns } from '../column/choose-columns.ts';
import { updateColumns } from '../column/update-columns.ts';
import { datasetDefinition } from '../testing/fake-executor.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { generateMetadata } from './generate-metadata.ts';
import { getDataset } from './get-dataset.ts';
import { listDatasets } from './list-datasets.ts';
import { selectDatasets } from './select-datasets.ts';

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });

async function withConnection() {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  const datasets = await listDatasets({ ctx, input: { connectionId: connection.id } });
  const idOf = (name: string) => datasets.find((dataset) => dataset.name === name)?.id ?? '';
  return { world, ctx, connectionId: connection.id, idOf };
}

describe('generateMetadata', () => {
  it('keeps what people chose, brings new datasets and columns unselected by itself, and forgets none', async () => {
    const { world, ctx, connectionId, idOf } = await withConnection();
    await selectDatasets({ ctx, input: { connectionId, datasetIds: [idOf('groups')], selected: false } });
    await updateColumns({
      ctx,
      input: { datasetId: idOf('users'), columns: [{ sourcePath: 'displayName', selected: false, name: 'shown_as' }] },
    });
    const users = datasetDefinition('users');
    const [first] = users.columns;
    if (first !== undefined) users.columns.push({ ...first, name: 'mail', sourcePath: 'mail', key: false });
    world.executor.datasets = [users, datasetDefinition('groups'), datasetDefinition('domains')];
    const after = await generateMetadata({ ctx, input: { connectionId } });
    expect(after.map(({ name, selected }) => [name, selected])).toEqual([
      ['devices', false],
      ['domains', false],
      ['groups', false],
      ['users', true],
    ]);
    const { columns } = await getDataset({ ctx, input: { datasetId: idOf('users') } });
    expect(columns.map(({ name, selected }) => [name, selected])).toEqual([
      ['id', true],
      ['shown_as', false],
      ['mail', true],
    ]);
  });

  it('marks the connection when Entra asks for a new sign-in', async () => {
    const { world, ctx, connectionId } = await withConnection();
    const { RemoteError } = await import('#lib/platform/errors.ts');
    world.executor.generateMetadata = () =>
      Promise.reject(new RemoteError({ code: 'needs-reauthentication', title: 'Sign in again.' }));
    await expect(generateMetadata({ ctx, input: { connectionId } })).rejects.toEqual(problem('needs-reauthentication'));
    expect(await world.db.connection.findUniqueOrThrow({ where: { id: connectionId } })).toMatchObject({
      state: 'needs_reauthentication',
      problem: { title: 'Sign in again.' },
    });
  });
});

describe('selectDatasets', () => {
  it('changes nothing when one of them belongs to another connection', async () => {
    const { world, ctx, connectionId, idOf } = await withConnection();
    const other = await makeConnection(ctx, world, 'Other');
    const input = { connectionId: other.id, datasetIds: [idOf('users')], selected: false };
    await expect(selectDatasets({ ctx, input })).rejects.toEqual(problem('not-found'));
    const datasets = await listDatasets({ ctx, input: { connectionId } });
    expect(datasets.find((dataset) => dataset.name === 'users')?.selected).toBe(true);
  });
});

describe('chooseColumns', () => {
  const users = datasetDefinition('users');
  it.each([
    ['an unknown column', [{ sourcePath: 'nope', selected: true }], 'unknown-column'],
    ['a dataset without its key', [{ sourcePath: 'id', selected: false }], 'key-needed'],
    [
      'two columns of one name in different case',
      [{ sourcePath: 'displayName', selected: true, name: 'ID' }],
      'column-name-taken',
    ],
    [
      "a name of Entrada's own columns",
      [{ sourcePath: 'displayName', selected: true, name: 'hdr__run_id' }],
      'column-name-reserved',
    ],
  ])('refuses %s', (_what, choices, code) => {
    expect(() => chooseColumns(users, choices)).toThrow(problem(code));
  });

  it('leaves columns that are not mentioned as they are', () => {
    expect(chooseColumns(users, [{ sourcePath: 'displayName', selected: false }]).columns).toEqual([
      users.columns[0],
      { ...users.columns[1], selected: false },
    ]);
  });
});
