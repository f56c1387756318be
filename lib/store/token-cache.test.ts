import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { EnvelopeError, parseKeyRing } from '#lib/platform/crypto.ts';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import { insertSecret, moveSecret } from './secrets.ts';
import { createTokenCacheStore } from './token-cache.ts';

async function cache() {
  const { db } = await createTestDatabase();
  const deps = { db, ring: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`) };
  const id = await insertSecret(db, deps.ring, { kind: 'token-cache', ownerId: 'conn_1' }, 'first');
  return { ...deps, id, open: (ownerId = 'conn_1') => createTokenCacheStore(deps, id, ownerId) };
}

it('lets one of two workers that refresh at once save; the other one loads what was saved', async () => {
  const { open } = await cache();
  const [one, two] = [open(), open()];
  await Promise.all([one.load(), two.load()]);
  const saves = await Promise.allSettled([one.save('of one'), two.save('of two')]);
  const winner = saves.findIndex((save) => save.status === 'fulfilled');
  expect(saves[1 - winner]).toMatchObject({ status: 'rejected', reason: { problem: { code: 'token-cache-changed' } } });
  const loser = [one, two][1 - winner];
  expect(await loser?.load()).toBe(winner === 0 ? 'of one' : 'of two');
  await expect(loser?.save('again')).resolves.toBeUndefined();
});

it('opens for its owner only, also after it was handed over', async () => {
  const { db, ring, id, open } = await cache();
  await expect(open('conn_2').load()).rejects.toThrow(EnvelopeError);
  const to = { kind: 'token-cache', ownerId: 'conn_2' } as const;
  await db.$transaction((tx) => moveSecret(tx, ring, id, { kind: 'token-cache', ownerId: 'conn_1' }, to));
  expect(await open('conn_2').load()).toBe('first');
  await expect(open('conn_1').load()).rejects.toThrow(EnvelopeError);
});
