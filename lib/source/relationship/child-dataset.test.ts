import { expect, onTestFinished, test } from 'vitest';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LakeCompareSettings, LakeSettings, LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import type { Row } from '#lib/emulator/tenant/collection.ts';
import { runDatasetReload } from '#lib/executor/reload.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { recordingReporter, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { accessFor, NO_RULES } from '#lib/targets/testing/reload-into.ts';

const DATASETS = buildDatasets(graphModel);
const find = (name: string): DatasetDefinition => {
  const found = DATASETS.find((dataset) => dataset.name === name);
  if (found === undefined) throw new Error(`no dataset ${name}`);
  return found;
};

const TARGETS = {
  'reload-and-compare': {
    method: 'reload-and-compare',
    targetId: 'targ_1',
    settings: LandingSettings.parse({ schema: 'landed', history: true }),
  },
  'full-load': { method: 'full-load', targetId: 'targ_1', settings: LandingSettings.parse({ schema: 'loaded' }) },
  reload: { method: 'reload', targetId: 'targ_1', settings: LakeSettings.parse({ folder: 'lake' }) },
  'reload-and-compare-files': {
    method: 'reload-and-compare-files',
    targetId: 'targ_1',
    settings: LakeCompareSettings.parse({ folder: 'compared' }),
  },
} as const satisfies Record<TaskTarget['method'], TaskTarget>;

async function createReloads(users = 40) {
  const rig = createGraphRig(users);
  onTestFinished(rig.close);
  const { graph, asked } = rigGraph(rig);
  const landingUrl = await createEmptyDatabase();
  const [lakeDir, workDir] = [temporaryFolder(), temporaryFolder()];
  let run = 0;
  const source = sourceOf(graph);
  const reload = async (definition: DatasetDefinition, target: TaskTarget) => {
    run++;
    const access = accessFor(target, { landingUrl, lakeDir });
    const report = await runDatasetReload({
      source,
      definition,
      target,
      runId: `run_${run}`,
      datasetRunId: `drun_${run}`,
      deletesConfirmed: false,
      ...{ access, rules: NO_RULES },
      workDir,
      reporter: recordingReporter(),
      clock: { now: () => new Date(Date.UTC(2026, 10, 25, 0, 0, run)) },
      signal: new AbortController().signal,
    });
    const { rows, columns } = await findTargetModule(access.kind).readRows(access, NO_RULES, {
      task: target,
      dataset: definition,
      page: { limit: 10_000, offset: 0 },
    });
    const names = columns.map((column) => column.name).filter((name) => !name.startsWith('hdr__'));
    return {
      report,
      names,
      rows: rows.map((row) => row.slice(columns.findIndex(({ name }) => name === names[0])).slice(0, names.length)),
    };
  };
  return { rig, asked, reload };
}

const licencesOf = (users: Iterable<readonly [number, Row]>) =>
  [...users].flatMap(([, user]) =>
    (user['assignedLicenses'] as { skuId: string; disabledPlans: string[] }[]).map(({ skuId, disabledPlans }) => [
      user['id'],
      JSON.stringify(disabledPlans),
      skuId,
      null,
    ]),
  );

const sorted = (rows: readonly (readonly unknown[])[]) =>
  rows.map((row) => row.map(String)).sort((a, b) => (a.join() < b.join() ? -1 : 1));

test.each(Object.values(TARGETS))('licences of users are rows of their own: $method', async (target) => {
  const { rig, asked, reload } = await createReloads();
  const { report, names, rows } = await reload(find('users_assigned_licenses'), target);
  expect(report).toMatchObject({ state: 'done', problem: null });
  expect(names).toEqual(['user_id', 'disabledPlans', 'skuId', '_extra']);
  const expected = licencesOf(rig.tenant.directory.collections.users.rows(0));
  expect(expected.length).toBeGreaterThan(20);
  expect(sorted(rows)).toEqual(sorted(expected));
  expect(asked.find((url) => url.includes('/users?'))).toContain('/users?$select=id,assignedLicenses&$top=999');
});

test('items of a large collection are read in parts of its objects', async () => {
  const { rig, asked, reload } = await createReloads(150);
  const dataset = find('users_assigned_licenses');
  const { report, rows } = await reload({ ...dataset, read: { ...dataset.read, pageSizeMax: 5 } }, TARGETS['full-load']);
  expect(report).toMatchObject({
    state: 'done',
    counts: { rowsExpected: null },
    notes: [expect.stringMatching(/^Read in \d+ parts/)],
  });
  expect(sorted(rows)).toEqual(sorted(licencesOf(rig.tenant.directory.collections.users.rows(0))));
  expect(asked.filter((url) => url.includes('startsWith(userPrincipalName,')).length).toBeGreaterThan(20);
});

test('a second reload and compare finds nothing changed, for keyed items and for values alike', async () => {
  const { reload } = await createReloads();
  for (const name of ['users_assigned_licenses', 'users_proxy_addresses', 'users_identities']) {
    const first = await reload(find(name), TARGETS['reload-and-compare']);
    expect(first.report.counts.inserted).toBeGreaterThan(20);
    const { report } = await reload(find(name), TARGETS['reload-and-compare']);
    expect(report.counts).toMatchObject({ inserted: 0, updated: 0, deleted: 0, unchanged: first.report.counts.inserted });
  }
});

test('managers are a relation to one object: users without one have no row and are no fault', async () => {
  const { rig, reload } = await createReloads();
  const { report, rows } = await reload(find('user_manager'), TARGETS['full-load']);
  expect(report).toMatchObject({ state: 'done', notes: [] });
  expect(rows.length).toBe(rig.tenant.directory.sizes.users - 1);
});
