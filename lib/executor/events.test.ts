import { join } from 'node:path';
import pg from 'pg';
import { expect, onTestFinished, test } from 'vitest';
import { buildDatasets } from '#lib/catalog/datasets/build-datasets.ts';
import { graphModel } from '#lib/catalog/testing/graph-csdl.ts';
import { LandingSettings } from '#lib/domain/task/task.ts';
import { createGraphRig } from '#lib/emulator/graph/testing/graph-rig.ts';
import { createEmptyDatabase } from '#lib/platform/testing/database.ts';
import { temporaryFolder } from '#lib/reload/testing/fake-source.ts';
import { sourceOf } from '#lib/source/graph-source.ts';
import { rigGraph } from '#lib/source/testing/rig-graph.ts';
import { landingDatabase } from '#lib/targets/built-in.ts';
import { runDatasetReload } from './reload.ts';

const HOUR_MS = 3_600_000;

test('sign-ins of 40 days by the real requests: all that Graph ever showed is landed once, as it was shown last', async () => {
  const rig = createGraphRig(300);
  onTestFinished(() => rig.close());
  const dataset = buildDatasets(graphModel).find(({ name }) => name === 'sign_ins');
  if (dataset === undefined) throw new Error('no sign-ins');
  const landingUrl = await createEmptyDatabase();
  const client = new pg.Client({ connectionString: landingUrl });
  await client.connect();
  onTestFinished(() => client.end());
  const shown = new Map<string, string>();
  const run = async (hours: number): Promise<string[]> => {
    rig.clock.at = new Date(rig.clock.at.getTime() + hours * HOUR_MS);
    for (let url = '/auditLogs/signIns'; url !== undefined; ) {
      const { json } = await rig.call(url);
      for (const row of json.value) shown.set(row.id, String(row['riskState']));
      url = json['@odata.nextLink'];
    }
    const { graph, asked } = rigGraph(rig);
    const name = rig.clock.at.toISOString().replaceAll(/\W/g, '');
    const report = await runDatasetReload({
      ...{ source: sourceOf(graph), definition: dataset, access: landingDatabase(landingUrl), clock: rig.clock },
      target: {
        method: 'reload-and-compare',
        targetId: 'targ_22222222222222222222',
        settings: LandingSettings.parse({ schema: 'logs' }),
      },
      ...{ runId: `run_${name}`, datasetRunId: `dsrun_${name}`, deletesConfirmed: false },
      incremental: { full: false, sourceKey: 'conn_1' },
      rules: { networks: [], folders: [] },
      workDir: join(temporaryFolder(), 'work'),
      reporter: { progress: () => undefined },
      signal: new AbortController().signal,
      onInternalError: (error) => {
        throw error;
      },
    });
    expect(report).toMatchObject({ state: 'done', problem: null });
    return asked;
  };
  await run(0);
  // Most times are between events, some soon after one: then its risk is assessed later.
  for (const hours of [24, 71, 100, 168, 200, 1, 250, 2, 148]) expect((await run(hours))[0]).toContain('createdDateTime ge ');
  const { rows } = await client.query<{ id: string; risk: string }>(`SELECT id, "riskState" AS risk FROM logs.sign_ins`);
  expect(new Map(rows.map(({ id, risk }) => [id, risk]))).toEqual(shown);
  expect(rows).toHaveLength(shown.size);
});
