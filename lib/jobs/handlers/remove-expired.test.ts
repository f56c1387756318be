import { expect, it } from 'vitest';
import { signInForTest } from '#lib/auth/testing/session-cookie.ts';
import { createConnection } from '#lib/services/connection/create-connection.ts';
import { addCertificate } from '#lib/services/credential/add-certificate.ts';
import { getCertificate } from '#lib/services/credential/get-certificate.ts';
import { createPasswordLink } from '#lib/services/password/create-password-link.ts';
import { createTestWorld, makeConnection, SETTINGS, signInAtSource } from '#lib/services/testing/test-context.ts';
import { getVerification } from '#lib/services/verification/get-verification.ts';
import { startVerification } from '#lib/services/verification/start-verification.ts';
import { verifyApplication } from '#lib/services/verification/verify-application.ts';
import { verifyCode } from '#lib/services/verification/verify-code.ts';
import { removeExpired } from './remove-expired.ts';

const MINUTE_MS = 60_000;
const BY_CERTIFICATE = { ...SETTINGS, clientSecret: '', credential: 'certificate' } as const;

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

it('certificates of dialogs that were left go within the hour, with their keys; those of dialogs in use and of connections stay', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const [left, used, verifying] = await Promise.all([1, 2, 3].map(() => addCertificate({ ctx, input: { kind: 'generate' } })));
  await startVerification({ ctx, input: { ...BY_CERTIFICATE, certificateId: verifying?.id ?? '' } });
  const keys = () => world.db.secret.count({ where: { kind: 'certificate-key' } });
  const { id: connected } = await addCertificate({ ctx, input: { kind: 'generate' } });
  const settings = { ...BY_CERTIFICATE, signIn: 'app-only', tenant: 'contoso.test', certificateId: connected } as const;
  const { id: verificationId } = await verifyApplication({ ctx, input: settings });
  await createConnection({ ctx, input: { verificationId, name: 'By certificate' } });
  world.clock.forward(44 * MINUTE_MS);
  await removeExpired(world);
  expect(await keys()).toBe(4);
  await getCertificate({ ctx, input: { certificateId: used?.id ?? '' } });
  world.clock.forward(6 * MINUTE_MS);
  await removeExpired(world);
  const kept = await world.db.certificate.findMany({ select: { id: true } });
  expect(new Set(kept.map(({ id }) => id))).toEqual(new Set([used?.id, connected]));
  expect(await keys()).toBe(2);
  await expect(getCertificate({ ctx, input: { certificateId: left?.id ?? '' } })).rejects.toMatchObject({
    code: 'not-found',
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
