import { expect, it } from 'vitest';
import { verifyPassword } from '#lib/platform/crypto/password.ts';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { createUser } from '#lib/services/user/create-user.ts';
import { findUserByEmail } from '#lib/store/account/users.ts';
import { setPassword } from './set-password.ts';

const ADA = { email: 'ada@contoso.test', name: 'Ada', password: 'correct horse battery' };

it('a new password replaces the old one, in whatever case the address is written, and leaves a line in the audit trail', async () => {
  const world = await createTestWorld();
  const ctx = { ...(await world.as('admin')), actor: { kind: 'cli' } } as const;
  const { id } = await createUser({ ctx, input: { ...ADA, role: 'viewer' } });
  await setPassword({ ctx, input: { email: 'Ada@Contoso.test', password: 'another long one' } });
  const stored = (await findUserByEmail(world.db, ADA.email))?.passwordHash ?? '';
  expect(await verifyPassword('another long one', stored)).toBe(true);
  expect(await verifyPassword(ADA.password, stored)).toBe(false);
  expect(await world.db.auditEvent.count({ where: { subjectId: id, action: 'user.set-password' } })).toBe(1);
});

it('only people there are get one', async () => {
  const ctx = { ...(await (await createTestWorld()).as('admin')), actor: { kind: 'cli' } } as const;
  const input = { email: 'nobody@contoso.test', password: 'another long one' };
  await expect(setPassword({ ctx, input })).rejects.toMatchObject({ problem: { code: 'unknown-email' } });
});
