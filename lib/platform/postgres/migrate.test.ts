import { expect, test } from 'vitest';
import { createEmptyDatabase, createTestDatabase } from '../testing/database.ts';
import { migrate } from './migrate.ts';

test('a migrated database is left as it is', async () => {
  const { url } = await createTestDatabase();
  expect(await migrate(url, 'prisma/migrations')).toEqual([]);
});

test('two starters at once apply every migration exactly once', async () => {
  const url = await createEmptyDatabase();
  const [one, two] = await Promise.all([migrate(url, 'prisma/migrations'), migrate(url, 'prisma/migrations')]);
  expect([...one, ...two].sort()).toEqual([...new Set([...one, ...two])].sort());
  expect(one.length + two.length).toBeGreaterThan(0);
});
