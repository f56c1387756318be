import { expect, it } from 'vitest';
import { signInForTest } from '#lib/auth/testing/session-cookie.ts';
import { createConnection } from '#lib/services/connection/create-connection.ts';
import { createPasswordLink } from '#lib/services/password/create-password-link.ts';
import { createTestWorld, makeConnection, SETTINGS, signInAtSource } from '#lib/services/testing/test-context.ts';
import { getVerification } from '#lib/services/verification/get-verification.ts';
import { startVerification } from '#lib/services/verification/start-verification.ts';
import { verifyCode } from '#lib/services/verification/verify-code.ts';
import { removeExpired } from './remove-expired.ts';

const MINUTE_MS = 60_000;

it('secrets of dialogs that were left are gone within the hour; those of connections and of open dialogs stay', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  await makeConnection(ctx, world);
  const ofConnection = await world.db.secret.count();
  const waiting = await startVerification({ ctx, input: SETTINGS });
  const { verificationId, code } = await signInAtSource(ctx, world, 'left');
  await verifyCode({ ctx, input: { verificationId, pasted: code } });
  const held = await world.db.secret.count();
  expect(held).toBeGreaterThan(ofConnection + 2);
  world.clock.forward(44 * MINUTE_MS);
  await removeExpired(world);
  expect(await world.db.secret.count()).toBe(held);
  world.clock.forward(6 * MINUTE_MS);
  await removeExpired(world);
  expect(await world.db.secret.count()).toBe(ofConnection);
  for (const id of [waiting.id, verificationId]) {
    expect(await getVerification({ ctx, input: { verificationId: id } })).toMatchObject({ status: 'failed' });
  }
  await expect(createConnection({ ctx, input: { verificationId, name: 'Late' } })).rejects.toMatchObject({
    code: 'not-verified',
  });
});

it('sessions, links and failed sign-ins that are over are forgotten', async () => {
  const world = await createTestWorld();
  const admin = await world.as('admin');
  const { userId } = admin.actor;
  await signInForTest(world.db, userId, world.clock.now());
  await createPasswordLink({ ctx: admin, input: { userId } });
  const counts = async () => [await world.db.session.count(), await world.db.passwordLink.count()];
  await removeExpired(world);
  expect(await counts()).toEqual([1, 1]);
  world.clock.forward(31 * 1440 * MINUTE_MS + 1);
  await removeExpired(world);
  expect(await counts()).toEqual([0, 0]);
});
