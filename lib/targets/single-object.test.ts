import { expect, test } from 'vitest';
import { LakeSettings } from '#lib/domain/task/task.ts';
import { fakeDataset, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { reloadInto } from '#lib/targets/testing/reload-into.ts';
import { localLake } from './built-in.ts';
import { createLanding } from './postgres/testing/landing.ts';
import { createTarget } from './postgres/testing/loading.ts';

// A policy of the tenant with a definition of an earlier version that uses its id as key. Graph sends it without one.
const keyed = fakeDataset({ id: 'string', isEnabled: 'boolean', version: 'int32' }, { countable: false });
const POLICY = { ...keyed, read: { ...keyed.read, single: true } };
const ROW = { isEnabled: true, version: 1 };
const page = (row: object) => ({ pages: [JSON.stringify({ value: [row] })] });

test('one object without its id is compared as a whole', async () => {
  const landing = await createLanding();
  const reload = (runId: string, row: object) =>
    landing.reload({ runId, dataset: POLICY, rows: [row as Record<string, unknown>] });
  expect(await reload('run_1', ROW)).toMatchObject({ state: 'done', counts: { inserted: 1 } });
  expect(await reload('run_2', ROW)).toMatchObject({ state: 'done', counts: { inserted: 0, deleted: 0, unchanged: 1 } });
  expect(await reload('run_3', { ...ROW, version: 2 })).toMatchObject({ state: 'done' });
  expect(await landing.rows('SELECT id, "isEnabled", version FROM hr.users')).toEqual([
    { id: null, isEnabled: true, version: 2 },
  ]);
});

test('one object with its id keeps its key', async () => {
  const landing = await createLanding();
  const reload = (runId: string, version: number) =>
    landing.reload({ runId, dataset: POLICY, rows: [{ ...ROW, id: 'policy', version }] });
  await reload('run_1', 1);
  expect(await reload('run_2', 2)).toMatchObject({ state: 'done', counts: { inserted: 0, updated: 1, deleted: 0 } });
});

test('one object without its id is loaded in full', async () => {
  const target = await createTarget(POLICY);
  for (const runId of ['run_1', 'run_2']) expect(await target.load(runId, page(ROW))).toMatchObject({ state: 'done' });
  expect(await target.rows('SELECT id, version FROM hr.users')).toEqual([{ id: null, version: 1 }]);
});

test('one object without its id lands in a lake', async () => {
  const settings = LakeSettings.parse({ folder: 'f', versionsKept: 1 });
  const task = { method: 'reload', targetId: 'targ_33333333333333333333', settings } as const;
  const access = localLake(temporaryFolder());
  const report = await reloadInto({ access, task, dataset: POLICY, runId: 'run_1', source: page(ROW) });
  expect(report.state).toBe('done');
});
