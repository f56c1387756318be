import { expect, test } from 'vitest';
import { createTestDatabase } from '#lib/platform/testing/database.ts';

test('queries that are sent side by side in one transaction reach its client one after the other', async () => {
  const warnings: string[] = [];
  const onWarning = ({ message }: Error): void => void warnings.push(message);
  process.on('warning', onWarning);
  try {
    const { db } = await createTestDatabase();
    const answers = await db.$transaction((tx) =>
      Promise.all([1, 2, 3, 4, 5].map((n) => tx.$queryRaw<{ n: number }[]>`SELECT ${n}::int AS n, pg_sleep(0.01)::text`)),
    );
    expect(answers.map(([row]) => row?.n)).toEqual([1, 2, 3, 4, 5]);
    await new Promise((done) => setImmediate(done));
    expect(warnings).toEqual([]);
  } finally {
    process.off('warning', onWarning);
  }
});

test('a query that fails does not hold up the ones behind it, nor the rollback', async () => {
  const { db } = await createTestDatabase();
  const failing = db.$transaction(async (tx) => {
    const settled = await Promise.allSettled([tx.$queryRaw`SELECT 1 / 0`, tx.$queryRaw`SELECT 1`]);
    expect(settled.map(({ status }) => status)).toContain('rejected');
    throw new Error('rolled back');
  });
  await expect(failing).rejects.toThrow('rolled back');
  expect(await db.$queryRaw`SELECT 1 AS n`).toEqual([{ n: 1 }]);
});
