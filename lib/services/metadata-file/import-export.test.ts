import { describe, expect, it } from 'vitest';
import { updateColumns } from '#lib/services/column/update-columns.ts';
import { generateMetadata } from '#lib/services/dataset/generate-metadata.ts';
import { listDatasets } from '#lib/services/dataset/list-datasets.ts';
import { removeDatasets } from '#lib/services/dataset/remove-datasets.ts';
import { setFilter } from '#lib/services/filter/set-filter.ts';
import { undoMetadataEdit } from '#lib/services/metadata/undo-metadata-edit.ts';
import { datasetDefinition } from '#lib/services/testing/fake-executor.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { exportMetadata } from './export-metadata.ts';
import { applyImport, previewImport } from './import-metadata.ts';

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });

async function withConnection() {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const { id: connectionId } = await makeConnection(ctx, world);
  const datasets = await listDatasets({ ctx, input: { connectionId } });
  const idOf = (name: string) => datasets.find((dataset) => dataset.name === name)?.id ?? '';
  const write = async (format: 'json' | 'yaml' | 'ddl' | 'json-schema') =>
    (await exportMetadata({ ctx, input: { connectionId, format } })).text;
  const preview = (text: string) => previewImport({ ctx, input: { connectionId, text } });
  const apply = (text: string, basis: string | null = null) => applyImport({ ctx, input: { connectionId, text, basis } });
  return { world, ctx, connectionId, idOf, write, preview, apply };
}

describe('import and export', () => {
  it.each(['json', 'yaml'] as const)(
    '%s: what was exported changes nothing, and brings back what was edited since',
    async (format) => {
      const { ctx, connectionId, idOf, write, preview, apply } = await withConnection();
      await setFilter({ ctx, input: { datasetId: idOf('users'), filter: "surname eq 'O''Brien: \"#1\"'" } });
      const exported = await write(format);
      expect(await preview(exported)).toMatchObject({
        problems: [],
        untouched: [],
        datasets: [{ action: 'same' }, { action: 'same' }, { action: 'same' }],
      });
      await updateColumns({ ctx, input: { datasetId: idOf('users'), columns: [{ sourcePath: 'displayName', name: 'x' }] } });
      await removeDatasets({ ctx, input: { connectionId, datasetIds: [idOf('devices')] } });
      const { datasets, basis } = await preview(exported);
      expect(datasets.map(({ dataset, action }) => [dataset, action])).toEqual([
        ['devices', 'add'],
        ['groups', 'same'],
        ['users', 'change'],
      ]);
      const answer = await apply(exported, basis);
      expect(answer.datasets).toEqual(datasets);
      expect(await write(format)).toBe(exported);
      // The answer has the basis for the next import.
      expect((await preview(exported)).basis).toBe(answer.basis);
      expect((await apply(exported, answer.basis)).datasets.map(({ action }) => action)).toEqual(['same', 'same', 'same']);
    },
  );

  it('another connection gets the same, and what the file does not name stays', async () => {
    const { world, ctx, connectionId, write } = await withConnection();
    const exported = await write('json');
    world.executor.datasets = [datasetDefinition('domains')];
    const { id: other } = await makeConnection(ctx, world, 'Other');
    const { untouched } = await applyImport({ ctx, input: { connectionId: other, text: exported } });
    expect(untouched).toEqual(['domains']);
    const file = (text: string) => JSON.parse(text).datasets.filter(({ name }: { name: string }) => name !== 'domains');
    const after = await exportMetadata({ ctx, input: { connectionId: other, format: 'json' } });
    expect(file(after.text)).toEqual(file(exported));
    // A column that only a file declared is not gone because $metadata lacks it, also when there were earlier edits.
    await generateMetadata({ ctx, input: { connectionId: other } });
    expect((await listDatasets({ ctx, input: { connectionId: other } })).map(({ name }) => name)).toContain('users');
    expect(connectionId).not.toBe(other);
  });

  it('is one edit, and none when the metadata changed since the preview or the file is broken', async () => {
    const { ctx, connectionId, idOf, write, preview, apply } = await withConnection();
    const exported = await write('yaml');
    const changed = exported.replace('name: displayName', 'name: shown');
    const { basis } = await preview(changed);
    await setFilter({ ctx, input: { datasetId: idOf('users'), filter: 'x eq 1' } });
    const before = await write('yaml');
    await expect(apply(changed, basis)).rejects.toEqual(problem('edited-since'));
    await expect(apply(changed.replace('version: 1', 'version: 7'))).rejects.toMatchObject({
      problem: { code: 'import-broken', title: expect.stringContaining('version, line 2'), field: 'text' },
    });
    expect(await write('yaml')).toBe(before);
    await apply(changed);
    await undoMetadataEdit({ ctx, input: { connectionId, direction: 'undo' } });
    expect(await write('yaml')).toBe(before);
  });

  it('DDL and JSON Schema are of what is selected', async () => {
    const { ctx, connectionId, idOf, write } = await withConnection();
    expect((await write('ddl')).match(/CREATE TABLE [^ ]+/g)).toEqual([
      'CREATE TABLE "contoso"."groups"',
      'CREATE TABLE "contoso"."groups__ct"',
      'CREATE TABLE "contoso"."users"',
      'CREATE TABLE "contoso"."users__ct"',
    ]);
    await updateColumns({
      ctx,
      input: { datasetId: idOf('users'), columns: [{ sourcePath: 'displayName', selected: false }] },
    });
    expect(JSON.parse(await write('json-schema'))).toMatchObject({
      $schema: 'https://json-schema.org/draft/2020-12/schema',
      $defs: {
        groups: { properties: { id: { type: 'string' }, displayName: { type: ['string', 'null'] } } },
        users: { properties: { id: { type: 'string' } }, required: ['id'], additionalProperties: false },
      },
    });
    const one = await exportMetadata({ ctx, input: { connectionId, format: 'json', datasetIds: [idOf('devices')] } });
    expect(JSON.parse(one.text).datasets.map(({ name }: { name: string }) => name)).toEqual(['devices']);
    expect(one.fileName).toBe('contoso.metadata.json');
  });
});
