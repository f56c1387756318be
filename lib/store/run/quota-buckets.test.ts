import { describe, expect, it } from 'vitest';
import { quotaKeyOf } from '#lib/domain/run/graph-quota.ts';
import { createMemoryQuotaStore } from '#lib/graph/limits/quota-store.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import { createQuotaStore, findLearnedLimits } from './quota-buckets.ts';

const LIMIT = { capacity: 100, perSecond: 0.001 };
const KEY = 'https://graph.test tenant app directory';

describe.each([
  ['in the database', async () => createQuotaStore((await createTestDatabase()).db)],
  ['in memory', async () => createMemoryQuotaStore(systemClock)],
] as const)('a bucket %s', (_, make) => {
  it('gives what it holds, then says how long to wait', async () => {
    const store = await make();
    const first = await store.claim(KEY, { units: 60, limit: LIMIT });
    expect(first).toMatchObject({ granted: 60, waitMs: 0, perSecond: 0.001, spent: 60 });
    expect(first.remaining).toBeCloseTo(0.4, 3);
    const second = await store.claim(KEY, { units: 60, limit: LIMIT });
    expect(second.granted).toBe(0);
    expect(second.waitMs).toBeGreaterThan(19_000_000);
    expect(second.waitMs).toBeLessThanOrEqual(20_000_000);
    expect(second.sinceMs).toBeCloseTo(first.sinceMs, 0);
    expect(Math.abs(Date.now() - first.sinceMs)).toBeLessThan(60_000);
  });

  it('refills by the time that passes', async () => {
    const store = await make();
    const limit = { capacity: 1, perSecond: 1000 };
    await store.claim(KEY, { units: 1, limit });
    await expect.poll(async () => (await store.claim(KEY, { units: 1, limit })).granted).toBe(1);
  });

  it('gives a request that is dearer than the whole bucket its turn', async () => {
    const store = await make();
    const limit = { capacity: 1, perSecond: 1e6 };
    await store.claim(KEY, { units: 1, limit });
    await expect.poll(async () => (await store.claim(KEY, { units: 40, limit })).granted).toBe(40);
  });

  it('holds everybody back while Graph says so', async () => {
    const store = await make();
    await store.claim(KEY, { units: 1, limit: LIMIT });
    await store.update(KEY, { blockedMs: 60_000 });
    await store.update(KEY, { blockedMs: 5 });
    const claim = await store.claim(KEY, { units: 1, limit: LIMIT });
    expect(claim.granted).toBe(0);
    expect(claim.waitMs).toBeGreaterThan(50_000);
  });

  it('goes by what a worker learned, and is filled again when that was wrong', async () => {
    const store = await make();
    await store.claim(KEY, { units: 1, limit: LIMIT });
    await store.update(KEY, { limit: { capacity: 5, perSecond: 0.002 } });
    const learned = await store.claim(KEY, { units: 5, limit: LIMIT });
    expect(learned).toMatchObject({ granted: 5, perSecond: 0.002 });
    expect((await store.claim(KEY, { units: 1, limit: LIMIT })).granted).toBe(0);
    await store.update(KEY, { limit: LIMIT, refill: true });
    expect((await store.claim(KEY, { units: 100, limit: LIMIT })).granted).toBe(100);
  });
});

it('no unit is given twice, however many ask at once', async () => {
  const { db } = await createTestDatabase();
  const claims = await Promise.all(Array.from({ length: 40 }, () => createQuotaStore(db).claim(KEY, { units: 7, limit: LIMIT })));
  expect(claims.reduce((sum, { granted }) => sum + granted, 0)).toBe(98);
});

it('what answers taught about the quotas of an app in a tenant is found by their classes, until it is forgotten', async () => {
  const { db } = await createTestDatabase();
  const store = createQuotaStore(db);
  const scope = { graphOrigin: 'https://graph.test', tenantId: 'tenant', clientId: 'app' };
  const limit = { capacity: 2, perSecond: 5.5 };
  await store.update(quotaKeyOf(scope, 'reports'), { limit });
  await store.update(quotaKeyOf(scope, 'identity-protection'), { limit });
  await store.update(quotaKeyOf(scope, 'directory'), { limit, learnedMs: -1 });
  await store.update(quotaKeyOf({ ...scope, clientId: 'other' }, 'sign-in-activity'), { limit });
  expect(await findLearnedLimits(db, scope)).toEqual({ reports: limit, 'identity-protection': limit });
});
