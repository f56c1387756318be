import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { localLake } from '#lib/targets/built-in.ts';
import { createLocalStore } from '#lib/targets/folder/local-store.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';
import { toLakeError } from './lake-error.ts';
import type { LakeStore } from './lake-store.ts';
import { createLakeSink } from './reload.ts';

const settings = LakeSettings.parse({ folder: 'hr', versionsKept: 0 });
const task = { method: 'reload', targetId: 'targ_33333333333333333333', settings } as const;

function createLake() {
  const lakeDir = temporaryFolder();
  let second = 0;
  const home = join(lakeDir, 'hr', 'users');
  const reload = (runId: string, faults: Partial<LakeStore> = {}) =>
    reloadInto({
      ...{ access: localLake(lakeDir), task, dataset: fakeDataset({ id: 'string' }), runId, source: { pages: [[{ id: 'a' }]] } },
      now: new Date(Date.UTC(2026, 0, 1, 0, 0, second++)).toISOString(),
      wrapSink: () => createLakeSink(async () => ({ ...createLocalStore(home), ...faults }), settings),
    });
  return { reload, latest: () => readFileSync(join(home, 'latest'), 'utf8') };
}

const full = Object.assign(new Error('ENOSPC: no space left on device, write'), { code: 'ENOSPC' });

test('a full disk of the lake is told by its folder, and nothing of the run is visible', async () => {
  const { reload, latest } = createLake();
  await reload('run_1');
  const upload = () => Promise.reject(toLakeError(full, '/lake/hr/users'));
  expect(await reload('run_2', { upload })).toMatchObject({
    state: 'failed',
    problem: { code: 'lake-disk-full', title: expect.stringContaining('/lake/hr/users') },
  });
  expect(latest()).toContain('run_1');
});

test('a published version is reported as done though older ones could not be removed', async () => {
  const { reload, latest } = createLake();
  await reload('run_1');
  const store: Partial<LakeStore> = {
    delete: async (name) => {
      if (name.endsWith('run_1')) throw full;
    },
  };
  expect(await reload('run_2', store)).toMatchObject({
    state: 'done',
    problem: null,
    notes: [expect.stringContaining('could not be removed')],
  });
  expect(latest()).toContain('run_2');
});
