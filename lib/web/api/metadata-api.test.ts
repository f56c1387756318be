import { afterEach, describe, expect, it, vi } from 'vitest';
import { makeConnection } from '#lib/services/testing/test-context.ts';
import type { Composition } from '../composition.ts';
import { withApi } from '../testing/described-api.ts';

vi.mock('server-only', () => ({}));
vi.mock('../composition.ts', () => ({ composition: () => current }));

let current: Composition | undefined;
const use = (composition: Composition): void => {
  current = composition;
};
afterEach(() => {
  current = undefined;
});

describe('the metadata of a connection by API', () => {
  it('is found only below the connection that it belongs to', async () => {
    const { world, ctx, call } = await withApi(use);
    const other = await makeConnection(ctx, world, 'Other');
    const { json: list } = await call('listDatasets');
    const params = { connectionId: other.id, datasetId: list.items[0].id };
    await expect(call('getDataset', { params })).rejects.toThrow('getDataset: 404');
    await expect(call('patchDataset', { params, body: { selected: true } })).rejects.toThrow('patchDataset: 404');
    await expect(call('removeDataset', { params })).rejects.toThrow('removeDataset: 404');
    const { json: jobs } = await call('listMetadataJobs');
    const job = { connectionId: other.id, metadataJobId: jobs.items[0].id };
    await expect(call('cancelMetadataJob', { params: job })).rejects.toThrow('cancelMetadataJob: 404');
  });

  it('names the invalid part of the input', async () => {
    const { call } = await withApi(use);
    const { json: list } = await call('listDatasets');
    const params = { datasetId: list.items[0].id as string };
    await expect(call('patchDataset', { params, body: { columns: [{ sourcePath: 'id', type: 'text' }] } })).rejects.toThrow(
      /422.*"field":"columns.0.type"/,
    );
    await expect(call('patchDataset', { params, body: {} })).rejects.toThrow(/422.*nothing-to-change/);
    await expect(call('sampleDataset', { params, query: { rows: '1000' } })).rejects.toThrow(/422.*"field":"rows"/);
    await expect(call('exportMetadata', { query: { format: 'xml' } })).rejects.toThrow(/422.*"field":"format"/);
    await expect(call('applyImport', { body: 'nonsense: [' })).rejects.toThrow(/422.*import-broken/);
  });
});
