import { expect, onTestFinished, test } from 'vitest';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings, type TaskTarget } from '#lib/domain/task/task.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import { runDatasetReload } from '#lib/executor/reload.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { recordingReporter, temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { findTargetModule } from '#lib/targets/registry.ts';
import { NO_RULES } from '#lib/targets/testing/reload-into.ts';

const COMPARE: TaskTarget = {
  method: 'reload-and-compare',
  targetId: 'targ_1',
  settings: LandingSettings.parse({ schema: 'landed', deleteShareMax: 1 }),
};
const LOAD: TaskTarget = { method: 'full-load', targetId: 'targ_1', settings: LandingSettings.parse({ schema: 'loaded' }) };

function datasetOf(name: string, change: Partial<DatasetDefinition> = {}): DatasetDefinition {
  const found = buildDatasets(graphModel).find((dataset) => dataset.name === name);
  return found === undefined ? expect.fail(`no dataset ${name}`) : { ...found, ...change };
}

async function createReloads(users: number) {
  const rig = createGraphRig(users);
  onTestFinished(rig.close);
  const source = sourceOf(rigGraph(rig).graph);
  const access = landingDatabase(await createEmptyDatabase());
  const workDir = temporaryFolder();
  let run = 0;
  const reload = async (definition: DatasetDefinition, target: TaskTarget) => {
    run++;
    const report = await runDatasetReload({
      ...{ source, definition, target, access, rules: NO_RULES, workDir, runId: `run_${run}`, datasetRunId: `drun_${run}` },
      incremental: { full: false, sourceKey: 'conn_1' },
      deletesConfirmed: false,
      reporter: recordingReporter(),
      clock: { now: () => rig.clock.at },
      signal: new AbortController().signal,
    });
    expect(report).toMatchObject({ state: 'done', problem: null });
    const { rows, columns } = await findTargetModule(access.kind).readRows(access, NO_RULES, {
      task: target,
      dataset: definition,
      page: { limit: 10_000, offset: 0 },
    });
    const shown = columns.flatMap(({ name }, index) => (name.startsWith('hdr__') ? [] : [index]));
    return { report, rows: rows.map((row) => JSON.stringify(shown.map((index) => row[index]))).sort() };
  };
  return { rig, reload };
}

test.each([
  datasetOf('users'),
  datasetOf('users', { filter: "accountEnabled eq false or startsWith(userPrincipalName,'new.')" }),
  datasetOf('users_assigned_licenses'),
  datasetOf('users_proxy_addresses'),
  datasetOf('group_members'),
])('what changed makes $name (filter: $filter) the same as all of it, round after round', async (dataset) => {
  const { rig, reload } = await createReloads(60);
  // Also while all of it is read for the first time.
  rig.faults.set({
    changeWhileReading: { everyNth: 2, times: 2, changes: { hireUsers: 3, removeUsers: 2, changeUsers: 9 } },
  });
  const first = await reload(dataset, COMPARE);
  rig.faults.set(null);
  expect(first.report).toMatchObject({ incremental: false });
  expect(first.rows.length).toBeGreaterThan(0);
  expect(first.rows).toEqual((await reload(dataset, LOAD)).rows);
  for (let round = 0; round < 4; round++) {
    rig.tenant.mutate({ hireUsers: 5, removeUsers: 3, changeUsers: 9, addMembers: 3, removeMembers: 2 });
    const { report, rows } = await reload(dataset, COMPARE);
    expect(report).toMatchObject({ incremental: true });
    expect(report.counts.rowsRead).toBeLessThanOrEqual(dataset.parent === null ? 40 : rows.length);
    expect(rows).toEqual((await reload(dataset, LOAD)).rows);
    expect(rows).not.toEqual(first.rows);
  }
});
