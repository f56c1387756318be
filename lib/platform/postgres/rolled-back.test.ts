import { randomUUID } from 'node:crypto';
import { expect, it } from 'vitest';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import type { Db, Tx } from './db.ts';

/** Two transactions lock two rows in opposite order; both hold one before either asks for the other, when they run for the first time. */
async function deadlock(db: Db): Promise<number> {
  const keys = [randomUUID(), randomUUID()] as const;
  const lock = (tx: Tx, key: string) => tx.$executeRaw`SELECT pg_advisory_xact_lock(hashtext(${key}))`;
  const first = Promise.withResolvers<void>();
  const second = Promise.withResolvers<void>();
  let tries = 0;
  const inOrder = (one: string, other: string, mine: PromiseWithResolvers<void>, theirs: PromiseWithResolvers<void>) =>
    db.$transaction(async (tx) => {
      tries++;
      await lock(tx, one);
      mine.resolve();
      await theirs.promise;
      await lock(tx, other);
    });
  await Promise.all([inOrder(keys[0], keys[1], first, second), inOrder(keys[1], keys[0], second, first)]);
  return tries;
}

it('a transaction that PostgreSQL rolls back because of a deadlock is repeated, and both end', async () => {
  const { db } = await createTestDatabase();
  expect(await deadlock(db)).toBe(3);
});

it('an error of the transaction itself is thrown at once', async () => {
  const { db } = await createTestDatabase();
  let tries = 0;
  const failing = db.$transaction(async (tx) => {
    tries++;
    await tx.$executeRaw`SELECT 1 / 0`;
  });
  await expect(failing).rejects.toThrow('division by zero');
  expect(tries).toBe(1);
});
