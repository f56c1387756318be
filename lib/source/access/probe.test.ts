import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import type { ProbeResult } from '#lib/domain/access/access.ts';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { createDemoTenant, type DemoTenant } from '#lib/executor/testing/demo-tenant.ts';

let demo: DemoTenant;
const dir = mkdtempSync(join(tmpdir(), 'entrada-probe-'));
beforeAll(async () => {
  demo = await createDemoTenant(dir, 30);
});
afterEach(() => demo.misbehave({}));
afterAll(async () => {
  await demo.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function probe(
  change: (all: readonly DatasetDefinition[]) => readonly DatasetDefinition[],
  signal = AbortSignal.timeout(60_000),
) {
  const { connection, permissions } = await demo.signIn();
  const { datasets } = await demo.executor.generateMetadata({ connection });
  const results = new Map<string, ProbeResult>();
  const wanted = { connection, datasets: change(datasets.filter(({ kind }) => kind !== 'child')), permissions };
  for await (const { dataset, result } of demo.executor.probeDatasets(wanted, signal)) results.set(dataset, result);
  return results;
}

const only =
  (...names: string[]) =>
  (all: readonly DatasetDefinition[]) =>
    all.filter(({ name }) => names.includes(name));

it('every directory dataset of the catalogue is asked for, and every refusal has words', async () => {
  // Requests for logs and risks are slow because of Graph's quotas.
  const results = await probe((all) => all.filter(({ read }) => read.throttling === 'directory'));
  expect(results.size).toBeGreaterThan(60);
  expect(results.get('users')).toMatchObject({ access: 'granted', reason: null, problem: null });
  expect(results.get('group_members')?.access).toBe('granted');
  expect([...results].filter(([, { access }]) => access === 'unknown')).toEqual([]);
  for (const [name, { access, reason }] of results) expect(access === 'granted' || reason !== null, name).toBe(true);
}, 60_000);

it('a tenant without the licence is told from a token without the permission', async () => {
  await demo.misbehave({ unlicensed: '^auditLogs/signIns' });
  const signIns = (await probe(only('sign_ins'))).get('sign_ins');
  expect(signIns).toMatchObject({ access: 'needs-licence', problem: { code: 'missing-licence' } });
  await demo.misbehave({ forbid: '^groups' });
  const groups = (await probe(only('groups'))).get('groups');
  expect(groups?.access).toBe('missing-permission');
});

it('what the service does not know is not in this cloud', async () => {
  const results = await probe((all) => only('domains')(all).map((dataset) => ({ ...dataset, path: '/nothingLikeThis' })));
  expect(results.get('domains')?.access).toBe('not-in-cloud');
});

it('a column that needs more is refused alone, and its dataset stays granted', async () => {
  const results = await probe((all) =>
    only('users')(all).map((dataset) => ({
      ...dataset,
      columns: dataset.columns.map((column) =>
        column.sourcePath === 'skills' || column.sourcePath === 'jobTitle'
          ? { ...column, sourcePath: 'skills', licence: 'Microsoft Entra ID P1', selected: true }
          : column,
      ),
    })),
  );
  const users = results.get('users');
  expect(users?.access).toBe('granted');
  expect(users?.columns.map(({ sourcePath }) => sourcePath)).toContain('skills');
});

it('throttling passes or leaves unknown, and a cancelled probe stops', async () => {
  await demo.misbehave({ throttle: { everyNth: 2, retryAfter: 0.1 } });
  expect((await probe(only('users', 'groups'))).get('users')?.access).toBe('granted');
  await expect(probe((all) => all, AbortSignal.abort())).rejects.toThrow();
});

it('a preview leaves out what is refused alone, and says so', async () => {
  const { connection } = await demo.signIn();
  const { datasets } = await demo.executor.generateMetadata({ connection });
  const users = datasets.find(({ name }) => name === 'users');
  if (users === undefined) throw new TypeError('no users');
  const columns = users.columns.map((column) =>
    column.sourcePath === 'signInActivity' ? { ...column, sourcePath: 'skills', selected: true } : column,
  );
  const {
    rows,
    columns: shown,
    notes,
  } = await demo.executor.sampleDataset({
    connection,
    dataset: { ...users, columns },
    rows: 3,
  });
  expect(rows).toHaveLength(3);
  expect(shown.map(({ name }) => name)).not.toContain('signInActivity');
  expect(notes).toEqual([expect.stringContaining('signInActivity was left out')]);
});
