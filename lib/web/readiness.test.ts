import { expect, it, vi } from 'vitest';
import { createRunQueue } from '#lib/jobs/queue.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { checkReadiness, type ReadinessDeps } from './readiness.ts';

vi.mock('server-only', () => ({}));

/** A server with queue tables, a correct clock and enough space. */
async function ready(): Promise<ReadinessDeps> {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  const queue = createRunQueue({ databaseUrl: world.url, log: ctx.log });
  await queue.cancelJob('00000000-0000-0000-0000-000000000000').catch(() => undefined);
  await queue.stop();
  return { ...ctx, clock: { now: () => new Date() }, dataDir: '/data', statfs: async () => ({ bavail: 1e6, bsize: 4096 }) };
}

it('a server that can serve is ready; what it lacks is named, and nothing more is said', async () => {
  const deps = await ready();
  const ok = { database: 'ok', queue: 'ok', disk: 'ok', clock: 'ok' };
  expect(await checkReadiness(deps)).toEqual({ status: 'ok', checks: ok });
  const full = { ...deps, statfs: async () => ({ bavail: 10, bsize: 4096 }) };
  expect(await checkReadiness(full)).toEqual({ status: 'failed', checks: { ...ok, disk: 'failed' } });
  const late = { ...deps, clock: { now: () => new Date(Date.now() - 120_000) } };
  expect(await checkReadiness(late)).toEqual({ status: 'failed', checks: { ...ok, clock: 'failed' } });
  await deps.db.$executeRaw`DROP SCHEMA pgboss CASCADE`;
  expect(await checkReadiness(deps)).toEqual({ status: 'failed', checks: { ...ok, queue: 'failed' } });
  await deps.db.$disconnect();
});
