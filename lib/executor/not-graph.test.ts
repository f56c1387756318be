import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { ProbeResult } from '#lib/domain/access/access.ts';
import type { ConnectionSession } from '#lib/domain/account/session.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createDemoTenant, type DemoTenant } from './testing/demo-tenant.ts';

const dir = mkdtempSync(join(tmpdir(), 'entrada-not-graph-'));
let tenant: DemoTenant;
let session: ConnectionSession;
let users: DatasetDefinition;
beforeAll(async () => {
  tenant = await createDemoTenant(dir, 20);
  ({ session } = await tenant.signIn());
  const { datasets } = await tenant.executor.generateMetadata(session);
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
    let probed: ProbeResult | null = null;
    const probing = executor.probeDatasets(session, [users], {
      signal: new AbortController().signal,
      permissions: ['User.Read.All'],
      onResult: async (_, result) => {
        probed = result;
      },
    });
    const places = await Promise.all([
      problemOf(executor.testConnection(session)),
      problemOf(executor.signInApplication({ settings: session.settings })),
      problemOf(executor.sampleDataset(session, users, 5)),
      problemOf(executor.checkFilter(session, users, "displayName eq 'x'")),
      problemOf(executor.generateMetadata(session)),
      problemOf(executor.measureDatasets(session, [users])),
    ]);
    await probing;
    await tenant.misbehave({});
    expect(places).toEqual(Array(6).fill('answer-not-from-graph'));
    expect(probed).toMatchObject({ access: 'unknown', problem: { code: 'answer-not-from-graph', fixer: 'operator' } });
  },
  20_000,
);
