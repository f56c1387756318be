import { afterAll, beforeAll, expect, onTestFinished, test } from 'vitest';
import { CATALOG } from '#lib/catalog/catalog.ts';
import { parseCsdl } from '#lib/catalog/csdl/csdl.ts';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import { resolvePath } from '#lib/catalog/datasets/resolve-path.ts';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { readMetadata } from '#lib/emulator/graph/resources/graph-model.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import { planReload } from '#lib/reload/engine/plan.ts';
import { removeDuplicates } from '#lib/reload/stage/duplicates.ts';
import { resolveSingletonKey } from '#lib/reload/stage/single-key.ts';
import { Stage } from '#lib/reload/stage/stage.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';

const DATASETS = buildDatasets(graphModel);
const BETA_MODEL = parseCsdl([readMetadata('beta')]);
const BETA = buildDatasets(BETA_MODEL, { version: 'beta' });

/** Of a tenant this small and healthy there is nothing in these. */
const MAY_BE_EMPTY = new Set(['group_members_with_license_errors', 'service_principal_app_role_assignments']);

let rig: ReturnType<typeof createGraphRig>;
beforeAll(() => {
  rig = createGraphRig(24);
});
afterAll(() => rig.close());

/** Reads a dataset with a token of the least permissions into a stage, everything of it selected that comes by default. */
async function readWithLeast(dataset: DatasetDefinition, version: 'v1.0' | 'beta' = 'v1.0') {
  const scopes = [dataset.permissions[0], dataset.parent?.permissions?.[0]].filter((name) => name !== undefined).join(' ');
  const { graph, asked } = rigGraph(rig, { scopes, version });
  const columns = dataset.columns.map((column) => ({ ...column, selected: column.selected || column.name === '_extra' }));
  const target = { targetId: 'targ_1', method: 'reload-and-compare', settings: LandingSettings.parse({ schema: 's' }) } as const;
  const [plan] = planReload([{ ...dataset, columns }], target).datasets;
  if (plan === undefined) throw new Error('no plan');
  const stage = await Stage.open({ dir: temporaryFolder(), columns: plan.columns, signature: dataset.name });
  onTestFinished(() => stage.remove());
  const signal = new AbortController().signal;
  for await (const page of sourceOf(graph).read(dataset, { cursor: null, signal })) await stage.writer.append([page]);
  return { stage, plan, asked };
}

const VERSIONS = [
  ['v1.0', DATASETS],
  ['beta', BETA],
] as const;
const ENTRIES = VERSIONS.flatMap(([version, datasets]) =>
  datasets.filter(({ kind }) => kind !== 'child').map((dataset) => [dataset.name, version, dataset] as const),
);

test.each(CATALOG.map((entry) => [entry.name, entry] as const))(
  '%s is in beta where the catalogue says, as it says',
  (name, entry) => {
    const { path = entry.path, type = entry.type, single = entry.read.single } = entry.beta ?? {};
    expect(resolvePath(BETA_MODEL, path)).toEqual({ type, collection: !single });
    expect(BETA.find((dataset) => dataset.name === name)).toMatchObject({ path, entityType: type, read: { single } });
  },
);

test.each(ENTRIES)(
  '%s of %s is listed with its least permission, and every row fits its columns',
  async (_, version, dataset) => {
    const { stage, plan } = await readWithLeast(dataset, version);
    expect(stage.checkpoint.ended).toBe(true);
    if (!MAY_BE_EMPTY.has(dataset.name)) expect(stage.staged.rows).toBeGreaterThan(0);
    expect(await removeDuplicates(stage.store, (await resolveSingletonKey(stage.staged, plan)).key)).toBe(0);
    const extra = plan.columns.find((column) => column.name === '_extra');
    if (extra === undefined) return;
    const [[unknown] = []] = await stage.staged.query('SELECT min("_extra") FROM staged');
    expect(unknown).toBeNull();
  },
);

test('child datasets of every kind of collection have rows with a key of their own', async () => {
  const children = DATASETS.filter((dataset) => dataset.kind === 'child' && dataset.parent === null).filter(
    (_, index) => index % 3 === 0,
  );
  let filled = 0;
  for (const dataset of children) {
    const { stage, plan } = await readWithLeast(dataset);
    expect.soft(await removeDuplicates(stage.store, (await resolveSingletonKey(stage.staged, plan)).key), dataset.name).toBe(0);
    if (stage.staged.rows > 0) filled++;
  }
  expect(filled).toBeGreaterThan(children.length / 2);
});

test('role assignments come with their principals by name and kind', async () => {
  const dataset = DATASETS.find(({ name }) => name === 'role_assignment_principals');
  if (dataset === undefined) throw new Error('not in the catalogue');
  const { stage, asked } = await readWithLeast(dataset);
  expect(asked[0]).toContain('$expand=principal');
  expect(asked[0]).not.toMatch(/\$select=[^&]*principal[,&]/);
  const [[kinds, nameless] = []] = await stage.staged.query(
    'SELECT count(DISTINCT principal_type), count(*) FILTER (principal_id IS NOT NULL AND "principal_displayName" IS NULL) FROM staged',
  );
  expect(Number(kinds)).toBeGreaterThanOrEqual(1);
  expect(Number(nameless)).toBe(0);
});
