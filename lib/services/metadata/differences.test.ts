import { describe, expect, it } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { updateColumns } from '../column/update-columns.ts';
import { generateMetadata } from '../dataset/generate-metadata.ts';
import { getDataset } from '../dataset/get-dataset.ts';
import { listDatasets } from '../dataset/list-datasets.ts';
import { datasetDefinition } from '../testing/fake-executor.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { decideDifferences } from './decide-differences.ts';
import { getMetadataChanges } from './get-metadata-changes.ts';

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });

/** A dataset with additional text columns, or without some columns. */
function users(more: readonly string[], without: readonly string[] = []): DatasetDefinition {
  const definition = datasetDefinition('users');
  const [key] = definition.columns;
  if (key === undefined) throw new TypeError('no key');
  const added = more.map((name) => ({ ...key, name, sourcePath: name, key: false, nullable: true }));
  return { ...definition, columns: [...definition.columns, ...added].filter(({ name }) => !without.includes(name)) };
}

async function withConnection(first: readonly DatasetDefinition[]) {
  const world = await createTestWorld();
  world.executor.datasets = [...first];
  const ctx = await world.as('editor');
  const { id: connectionId } = await makeConnection(ctx, world);
  const generate = async (datasets: readonly DatasetDefinition[], hash = 'second') => {
    world.executor.datasets = [...datasets];
    world.executor.documentHash = hash;
    await generateMetadata({ ctx, input: { connectionId } });
    return (await getMetadataChanges({ ctx, input: { connectionId } })).pending;
  };
  const pending = async () => (await getMetadataChanges({ ctx, input: { connectionId } })).pending;
  const idOf = async (name: string) =>
    (await listDatasets({ ctx, input: { connectionId } })).find((dataset) => dataset.name === name)?.id ?? '';
  const columnsOf = async (name: string) => (await getDataset({ ctx, input: { datasetId: await idOf(name) } })).columns;
  const decide = async (wanted: 'accept' | 'keep' | 'remove', names: readonly string[]) => {
    const decisions = (await pending())
      .filter(({ sourcePath, datasetName }) => names.includes(sourcePath ?? datasetName))
      .map(({ id }) => ({ id, decision: wanted }));
    return decideDifferences({ ctx, input: { connectionId, decisions } });
  };
  return { world, ctx, connectionId, generate, pending, idOf, columnsOf, decide };
}

const brief = (pending: Awaited<ReturnType<typeof getMetadataChanges>>['pending']) =>
  pending.map(({ kind, datasetName, sourcePath }) => [kind, datasetName, sourcePath]);

describe('generating again', () => {
  it('tells what is new, gone and retyped; the first time there is nothing to tell', async () => {
    const { generate, pending, ctx, connectionId } = await withConnection([users(['mail']), datasetDefinition('devices')]);
    expect(await pending()).toEqual([]);
    expect(await getMetadataChanges({ ctx, input: { connectionId } })).toMatchObject({ previous: null, diff: null });
    const retyped = users(['city'], ['mail']);
    const [id, shown, city] = retyped.columns;
    if (id === undefined || shown === undefined || city === undefined) throw new TypeError('columns');
    const found = await generate([
      { ...retyped, columns: [id, { ...shown, type: 'json', edmType: 'microsoft.graph.name' }, city] },
      datasetDefinition('groups'),
    ]);
    expect(brief(found)).toEqual([
      ['dataset-gone', 'devices', null],
      ['dataset-new', 'groups', null],
      ['column-gone', 'users', 'mail'],
      ['column-new', 'users', 'city'],
      ['column-retyped', 'users', 'displayName'],
    ]);
    expect(await getMetadataChanges({ ctx, input: { connectionId } })).toMatchObject({
      document: { hash: 'second' },
      previous: { hash: 'first' },
      diff: { added: [{ kind: 'type', name: 'microsoft.graph.second' }] },
    });
  });

  it('leaves types, and what tasks use, as they are until a person decides', async () => {
    const { ctx, connectionId, generate, columnsOf } = await withConnection([users(['mail'])]);
    await createTaskFor(ctx, connectionId, 'Nightly');
    await generate([users(['city'], ['mail'])]);
    const selected = (await columnsOf('users')).filter((column) => column.selected).map(({ name }) => name);
    expect(selected.sort()).toEqual(['displayName', 'id', 'mail']);
  });

  it('keeps every edit of a person: name, type, key, choice, filter', async () => {
    const { ctx, idOf, generate, columnsOf } = await withConnection([users(['mail', 'age'])]);
    await updateColumns({
      ctx,
      input: {
        datasetId: await idOf('users'),
        columns: [
          { sourcePath: 'mail', name: 'e_mail', key: true },
          { sourcePath: 'age', selected: false },
        ],
      },
    });
    const before = await columnsOf('users');
    await generate([users(['mail', 'age'])]);
    expect(await columnsOf('users')).toEqual(before);
  });

  it('does not bring back what a person took out, and asks again only about what changed since', async () => {
    const { generate, decide, columnsOf, pending } = await withConnection([users(['mail']), datasetDefinition('devices')]);
    await generate([users(['mail', 'city']), datasetDefinition('groups')], 'second');
    await decide('remove', ['city', 'groups']);
    await decide('keep', ['devices']);
    expect(await pending()).toEqual([]);
    expect(await generate([users(['mail', 'city']), datasetDefinition('groups')], 'third')).toEqual([]);
    expect((await columnsOf('users')).map(({ name }) => name)).toEqual(['id', 'displayName', 'mail']);
    expect(brief(await generate([users(['mail', 'city', 'country'])], 'fourth'))).toEqual([['column-new', 'users', 'country']]);
  });

  it('takes a new type over when that is decided', async () => {
    const { generate, decide, columnsOf } = await withConnection([users([])]);
    const next = users([]);
    const [id, shown] = next.columns;
    if (id === undefined || shown === undefined) throw new TypeError('columns');
    await generate([{ ...next, columns: [id, { ...shown, type: 'int64', edmType: 'Edm.Int64' }] }]);
    expect((await columnsOf('users'))[1]?.type).toBe('string');
    await decide('accept', ['displayName']);
    expect((await columnsOf('users'))[1]?.type).toBe('int64');
  });
});

describe('deciding', () => {
  it('refuses to remove what a task uses, a key, and what does not fit; then nothing is decided', async () => {
    const { ctx, connectionId, generate, decide, pending } = await withConnection([users([]), datasetDefinition('devices')]);
    await createTaskFor(ctx, connectionId, 'Nightly', { datasets: ['users', 'devices'] });
    await generate([users(['city'])]);
    await expect(decide('remove', ['devices', 'city'])).rejects.toEqual(problem('dataset-used'));
    await expect(decide('keep', ['city'])).rejects.toEqual(problem('decision-does-not-fit'));
    expect(await pending()).toHaveLength(2);
    expect((await pending())[0]).toMatchObject({ datasetName: 'devices', tasks: ['Nightly'] });
  });
});
