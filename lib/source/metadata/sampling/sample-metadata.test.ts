import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { SampledDataset } from '#lib/domain/metadata/merge-sample.ts';
import { EXTENSION } from '#lib/emulator/tenant/company.ts';
import { createDemoTenant, type DemoTenant } from '#lib/executor/testing/demo-tenant.ts';

let demo: DemoTenant;
const dir = mkdtempSync(join(tmpdir(), 'entrada-sampling-'));
beforeAll(async () => {
  demo = await createDemoTenant(dir, 60);
});
afterAll(async () => {
  await demo.stop();
  rmSync(dir, { recursive: true, force: true });
});

async function sample(names: readonly string[], change: (definition: DatasetDefinition) => DatasetDefinition = (same) => same) {
  const { connection, permissions } = await demo.signIn();
  const { datasets } = await demo.executor.generateMetadata({ connection });
  const results: Record<string, SampledDataset> = {};
  const wanted = datasets.filter(({ name }) => names.includes(name)).map(change);
  const events = demo.executor.sampleMetadata(
    { connection, datasets: wanted, permissions, rows: 50 },
    AbortSignal.timeout(60_000),
  );
  for await (const { dataset, result } of events) results[dataset] = result;
  return results;
}

describe('sampleMetadata', () => {
  it('finds the directory extensions of the tenant, how long values are, and what is always null', async () => {
    const { users } = await sample(['users']);
    expect(users).toMatchObject({ rows: 50, problem: null });
    const seen = new Map(users?.columns.map((one) => [one.column.sourcePath, one]));
    expect(seen.get(EXTENSION)).toMatchObject({ found: true, column: { type: 'string', origin: 'sample', selected: false } });
    expect(seen.get('id')?.column).toMatchObject({ maxLength: 36, sampled: { rows: 50, nulls: 0 } });
    expect(seen.get('customSecurityAttributes')?.column.sampled ?? { rows: 50, nulls: 50 }).toEqual({ rows: 50, nulls: 50 });
  });

  it('finds properties that rows have and $metadata does not', async () => {
    const { organization } = await sample(['organization'], (definition) => ({
      ...definition,
      columns: definition.columns.filter(({ sourcePath }) => sourcePath !== 'verifiedDomains' && sourcePath !== 'tenantType'),
    }));
    const found = organization?.columns.filter((one) => one.found).map(({ column }) => [column.sourcePath, column.type]);
    expect(found).toContainEqual(['verifiedDomains', 'json']);
    expect(found).toContainEqual(['tenantType', 'string']);
  });

  it('adds members that an enumeration has beyond its list', async () => {
    const { users } = await sample(['users'], (definition) => ({
      ...definition,
      columns: definition.columns.map((column) =>
        column.sourcePath === 'userType' ? { ...column, enumValues: ['Member'] } : column,
      ),
    }));
    const userType = users?.columns.find(({ column }) => column.sourcePath === 'userType')?.column;
    expect(userType?.enumValues).toEqual(['Member', 'Guest']);
  });

  it('looks at children of some parents, and says in words what it may not read', async () => {
    const { group_members: members, sign_ins: signIns } = await sample(['group_members', 'sign_ins'], (definition) =>
      definition.name === 'sign_ins' ? { ...definition, path: '/auditLogs/nothingHere' } : definition,
    );
    expect(members?.rows).toBeGreaterThan(0);
    expect(members?.columns.find(({ column }) => column.sourcePath === '@parent.id')?.column.sampled?.nulls).toBe(0);
    expect(signIns?.problem).toContain('Graph');
  });
});
