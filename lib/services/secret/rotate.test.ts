import { randomBytes } from 'node:crypto';
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it, onTestFinished } from 'vitest';
import { KeyRingError, open, parseKeyRing, seal } from '#lib/platform/crypto/crypto.ts';
import { addKey, openKeyRing, removeOldKeys } from '#lib/platform/crypto/key-ring.ts';
import { aadOfCommand } from '#lib/store/gateway/reseal-commands.ts';
import { testConnection } from '../connection/test-connection.ts';
import { addCertificate } from '../credential/add-certificate.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { checkKeyRing } from './check-key-ring.ts';
import { resealAll } from './reseal-all.ts';

const newRing = () => `k1:${randomBytes(32).toString('base64')}\n`;

/** A test world whose keys are in a file. */
async function worldWithKeyFile() {
  const dir = mkdtempSync(join(tmpdir(), 'entrada-keys-'));
  onTestFinished(() => rmSync(dir, { recursive: true, force: true }));
  const file = join(dir, 'secret.key');
  writeFileSync(file, newRing());
  const ring = openKeyRing({ ENTRADA_SECRET_KEY_FILE: file });
  if (ring === null) throw new Error('no ring');
  const world = await createTestWorld({ ring });
  return { world, file, ring, ctx: await world.as('admin') };
}

it('seals every secret with the new key while others use them, and the old key may go', async () => {
  const { world, file, ring, ctx } = await worldWithKeyFile();
  const { id } = await makeConnection(ctx, world);
  await addCertificate({ ctx, input: { kind: 'generate' } });
  const tokenCache = { where: { kind: 'token-cache' }, select: { updatedAt: true, version: true } } as const;
  const before = await world.db.secret.findFirst(tokenCache);
  writeFileSync(file, addKey(readFileSync(file, 'utf8')));
  // The open ring has loaded the new key.
  expect(ring.primary.id).toBe('k2');
  const [done] = await Promise.all([resealAll({ ctx }), testConnection({ ctx, input: { connectionId: id } })]);
  expect(done).toEqual({ keyId: 'k2', resealed: 4, orphans: 0 });
  expect(await world.db.secret.findMany({ distinct: ['keyId'], select: { keyId: true } })).toEqual([{ keyId: 'k2' }]);
  expect(await world.db.secret.findFirst(tokenCache)).toEqual(before);
  writeFileSync(file, removeOldKeys(readFileSync(file, 'utf8')));
  await expect(testConnection({ ctx, input: { connectionId: id } })).resolves.toMatchObject({ account: 'ada@contoso.test' });
  expect([...ring.keys.keys()]).toEqual(['k2']);
});

it('what waits for a data gateway is sealed anew too: a run that is under way goes on without the old key', async () => {
  const { world, file, ring, ctx } = await worldWithKeyFile();
  const payload = seal(ring, 'for the gateway', aadOfCommand('gcmd_1'));
  const command = { name: 'dataset.run', queue: 'gateway/gw_1', jobId: 'job_1', title: 'Nightly', createdAt: world.clock.now() };
  await world.db.gatewayCommand.createMany({
    data: [
      { ...command, id: 'gcmd_1', payload },
      { ...command, id: 'gcmd_2', payload: 'not an envelope' },
    ],
  });
  writeFileSync(file, addKey(readFileSync(file, 'utf8')));
  // The command, and the secret of the built-in target.
  expect(await resealAll({ ctx })).toMatchObject({ keyId: 'k2', resealed: 2 });
  writeFileSync(file, removeOldKeys(readFileSync(file, 'utf8')));
  const kept = await world.db.gatewayCommand.findUniqueOrThrow({ where: { id: 'gcmd_1' } });
  expect(open(parseKeyRing(readFileSync(file, 'utf8')), kept.payload, aadOfCommand('gcmd_1'))).toBe('for the gateway');
});

it('goes on where it was broken off', async () => {
  const { world, file, ctx } = await worldWithKeyFile();
  await makeConnection(ctx, world, 'One');
  await makeConnection(ctx, world, 'Two');
  writeFileSync(file, addKey(readFileSync(file, 'utf8')));
  expect((await resealAll({ ctx })).resealed).toBe(5);
  expect((await resealAll({ ctx })).resealed).toBe(0);
});

it('says at start which key is missing, and which one is another', async () => {
  const { world, ctx } = await worldWithKeyFile();
  await checkKeyRing({ ctx });
  await makeConnection(ctx, world);
  await checkKeyRing({ ctx });
  const other = parseKeyRing(newRing());
  await expect(checkKeyRing({ ctx: { db: world.db, ring: other } })).rejects.toThrow(
    /key k1 did not encrypt .* ENTRADA_SECRET_KEY/,
  );
  const later = parseKeyRing(newRing().replace('k1', 'k7'));
  await expect(checkKeyRing({ ctx: { db: world.db, ring: later } })).rejects.toThrow(
    /encrypted with the key k1, which is missing/,
  );
});

it('says when the key file is gone, without any key in the words', () => {
  expect(() => openKeyRing({ ENTRADA_SECRET_KEY_FILE: '/nowhere/secret.key' })).toThrow(KeyRingError);
  expect(() => openKeyRing({ ENTRADA_SECRET_KEY: 'k1:c2hvcnQ=' })).toThrow(
    /^Key k1 of ENTRADA_SECRET_KEY is not 32 bytes in base64\.$/,
  );
});
