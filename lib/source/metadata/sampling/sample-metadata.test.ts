import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { EXTENSION } from '#lib/emulator/tenant/company.ts';
import { createDemoTenant, type DemoTenant } from '#lib/executor/testing/demo-tenant.ts';
import type { SampledDataset } from '#lib/services/ports.ts';

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
  const { session, permissions } = await demo.signIn();
  const { datasets } = await demo.executor.generateMetadata(session);
  const results: Record<string, SampledDataset> = {};
  await demo.executor.sampleMetadata(session, datasets.filter(({ name }) => names.includes(name)).map(change), {
    rows: 50,
    permissions,
    signal: AbortSignal.timeout(60_000),
    onResult: async (name, result) => {
      results[name] = result;
    },
  });
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
