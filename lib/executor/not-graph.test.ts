import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { SourceConnection } from '#lib/domain/account/session.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createDemoTenant, type DemoTenant } from './testing/demo-tenant.ts';

const dir = mkdtempSync(join(tmpdir(), 'entrada-not-graph-'));
let tenant: DemoTenant;
let connection: SourceConnection;
let users: DatasetDefinition;
beforeAll(async () => {
  tenant = await createDemoTenant(dir, 20);
  ({ connection } = await tenant.signIn());
  const { datasets } = await tenant.executor.generateMetadata({ connection });
  users = datasets.find(({ name }) => name === 'users') ?? expect.fail('no users');
});
afterAll(async () => {
  await tenant.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function problemOf(work: Promise<unknown>): Promise<string> {
  return work.then(
    () => 'passed',
    (error: { code?: string }) => error.code ?? String(error),
  );
}

test.each(['page', 'json-type', 'redirect', 'proxy-sign-in', 'network-sign-in'])(
  'what answers is not Graph (%s): every place that a person waits at says so, within seconds',
  async (as) => {
    const { executor } = tenant;
    await tenant.misbehave({ answerHtml: [{ as }] });
    const wanted = { connection, datasets: [users], permissions: ['User.Read.All'] };
    const probing = Array.fromAsync(executor.probeDatasets(wanted, new AbortController().signal));
    const places = await Promise.all([
      problemOf(executor.testConnection({ connection })),
      problemOf(executor.signInApplication({ settings: connection.settings })),
      problemOf(executor.sampleDataset({ connection, dataset: users, rows: 5 })),
      problemOf(executor.checkFilter({ connection, dataset: users, filter: "displayName eq 'x'" })),
      problemOf(executor.generateMetadata({ connection })),
      problemOf(executor.measureDatasets({ connection, datasets: [users] })),
    ]);
    const [probed] = await probing;
    await tenant.misbehave({});
    expect(places).toEqual(Array(6).fill('answer-not-from-graph'));
    expect(probed?.result).toMatchObject({ access: 'unknown', problem: { code: 'answer-not-from-graph', fixer: 'operator' } });
  },
  20_000,
);
