import { randomBytes } from 'node:crypto';
import { expect, it } from 'vitest';
import { EnvelopeError, parseKeyRing } from '#lib/platform/crypto/crypto.ts';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import { insertSecret, moveSecret } from './secrets.ts';
import { createTokenCacheStore } from './token-cache.ts';

async function cache() {
  const { db } = await createTestDatabase();
  const deps = { db, ring: parseKeyRing(`k1:${randomBytes(32).toString('base64')}`) };
  const id = await insertSecret(db, deps.ring, { kind: 'token-cache', ownerId: 'conn_1' }, 'first');
  return { ...deps, id, open: (ownerId = 'conn_1') => createTokenCacheStore(deps, id, ownerId) };
}

it('renews one after the other: each gets what the one before saved', async () => {
  const { open } = await cache();
  const renewals = ['a', 'b', 'c', 'd'].map((mark) =>
    open().renew(async (serialised) => ({ serialised: `${serialised}${mark}`, value: serialised })),
  );
  const seen = (await Promise.all(renewals)).sort((x, y) => x.length - y.length);
  expect(seen.map((text) => text.length)).toEqual([5, 6, 7, 8]);
  expect(await open().load()).toHaveLength(9);
  expect((await open().load()).slice(0, 8)).toBe(seen.at(-1));
});

it('keeps what was saved when a renewal fails, and lets the next one in', async () => {
  const { open } = await cache();
  await expect(open().renew(() => Promise.reject(new Error('Entra is away')))).rejects.toThrow('Entra is away');
  expect(await open().renew(async (serialised) => ({ serialised: 'second', value: serialised }))).toBe('first');
  expect(await open().load()).toBe('second');
});

it('opens for its owner only, also after it was handed over', async () => {
  const { db, ring, id, open } = await cache();
  await expect(open('conn_2').load()).rejects.toThrow(EnvelopeError);
  const to = { kind: 'token-cache', ownerId: 'conn_2' } as const;
  await db.$transaction((tx) => moveSecret(tx, ring, id, { kind: 'token-cache', ownerId: 'conn_1' }, to));
  expect(await open('conn_2').load()).toBe('first');
  await expect(open('conn_1').load()).rejects.toThrow(EnvelopeError);
});
