import { describe, expect, it, vi } from 'vitest';
import * as passwords from '#lib/platform/crypto/password.ts';
import { checkSetupToken } from '#lib/services/setup/check-setup-token.ts';
import { createFirstUser } from '#lib/services/setup/create-first-user.ts';
import { createSetupToken } from '#lib/services/setup/create-setup-token.ts';
import { ensureFirstAdmin } from '#lib/services/setup/ensure-first-admin.ts';
import { createTestWorld } from '../testing/test-context.ts';
import { changeRole } from './change-role.ts';
import { inviteUser } from './invite-user.ts';
import { listUsers } from './list-users.ts';
import { setDisabled } from './set-disabled.ts';

vi.mock('#lib/platform/crypto/password.ts', { spy: true });
const hashed = vi.mocked(passwords.hashPassword);

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });
const PERSON = { email: 'Ada@Contoso.test', name: 'Ada', password: 'correct horse battery' };

describe('the first account', () => {
  it('is made once by the set-up link, an administrator, with the e-mail address in lower case', async () => {
    const world = await createTestWorld();
    const ctx = { db: world.db, clock: world.clock };
    const setup = await createSetupToken({ ctx });
    const token = setup?.token ?? '';
    expect(await checkSetupToken({ ctx, input: { token } })).toBe('open');
    const results = await Promise.allSettled([1, 2].map(() => createFirstUser({ ctx, input: { ...PERSON, token } })));
    expect(results.filter((result) => result.status === 'fulfilled')).toMatchObject([
      { value: { email: 'ada@contoso.test', role: 'admin', signInWith: ['password'] } },
    ]);
    expect(await world.db.user.count()).toBe(1);
    await expect(createFirstUser({ ctx, input: { ...PERSON, token } })).rejects.toEqual(problem('set-up-already'));
    expect(await checkSetupToken({ ctx, input: { token } })).toBe('done');
    expect(await createSetupToken({ ctx })).toBeNull();
    expect(await world.db.setupToken.findMany()).not.toContainEqual(expect.objectContaining({ tokenHash: token }));
  });

  it('is refused with a made-up link, an older one, and after 24 hours', async () => {
    const world = await createTestWorld();
    const ctx = { db: world.db, clock: world.clock };
    const older = await createSetupToken({ ctx });
    const newer = await createSetupToken({ ctx });
    for (const token of ['made-up', older?.token ?? '']) {
      await expect(createFirstUser({ ctx, input: { ...PERSON, token } })).rejects.toEqual(problem('setup-link-refused'));
    }
    world.clock.forward(24 * 3600_000);
    await expect(createFirstUser({ ctx, input: { ...PERSON, token: newer?.token ?? '' } })).rejects.toEqual(
      problem('setup-link-refused'),
    );
    expect(await world.db.user.count()).toBe(0);
  });

  it('costs nothing before its link has been looked at: a made-up one is refused without hashing a password', async () => {
    const world = await createTestWorld();
    const ctx = { db: world.db, clock: world.clock };
    await createSetupToken({ ctx });
    hashed.mockClear();
    for (let i = 0; i < 20; i++) {
      await expect(createFirstUser({ ctx, input: { ...PERSON, token: `made-up-${i}` } })).rejects.toEqual(
        problem('setup-link-refused'),
      );
    }
    expect(hashed).not.toHaveBeenCalled();
  });

  it('of the environment has a password that new ones need', async () => {
    const world = await createTestWorld();
    const ctx = { db: world.db, clock: world.clock };
    await expect(ensureFirstAdmin({ ctx, input: { ...PERSON, password: 'eight888' } })).rejects.toEqual(
      problem('admin-password'),
    );
    await expect(ensureFirstAdmin({ ctx, input: { ...PERSON, password: 'password12345' } })).rejects.toEqual(
      problem('common-password'),
    );
  });

  it('of the environment is made once by several starters, and never changed later', async () => {
    const world = await createTestWorld();
    const ctx = { db: world.db, clock: world.clock };
    const made = await Promise.all([1, 2, 3].map(() => ensureFirstAdmin({ ctx, input: PERSON })));
    expect(made.filter((answer) => answer.created)).toHaveLength(1);
    const before = await world.db.user.findMany();
    expect(await ensureFirstAdmin({ ctx, input: { ...PERSON, password: 'short' } })).toEqual({ created: false });
    expect(await ensureFirstAdmin({ ctx, input: { ...PERSON, password: 'another password' } })).toEqual({ created: false });
    expect(await world.db.user.findMany()).toEqual(before);
  });
});

describe('people', () => {
  it('are for administrators: each change leaves a line in the audit trail', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('admin');
    const { user: grace } = await inviteUser({ ctx, input: { ...PERSON, role: 'viewer' } });
    expect(await changeRole({ ctx, input: { userId: grace.id, role: 'editor' } })).toMatchObject({ role: 'editor' });
    expect(await setDisabled({ ctx, input: { userId: grace.id, disabled: true } })).toMatchObject({ disabled: true });
    expect(await listUsers({ ctx, input: {} })).toHaveLength(2);
    const audit = await world.db.auditEvent.findMany({ where: { subjectId: grace.id }, orderBy: { id: 'asc' } });
    expect(audit.map((row) => row.action).sort()).toEqual(['user.change-role', 'user.disable', 'user.invite']);
    expect(audit.every((row) => row.actorKind === 'user' && row.actorId === ctx.actor.userId)).toBe(true);
    await expect(inviteUser({ ctx, input: { ...PERSON, role: 'viewer' } })).rejects.toEqual(problem('email-taken'));
  });

  it('who are invited and have not come count for no administrator', async () => {
    const world = await createTestWorld();
    const ctx = await world.as('admin');
    await inviteUser({ ctx, input: { ...PERSON, role: 'admin' } });
    await expect(changeRole({ ctx, input: { userId: ctx.actor.userId, role: 'viewer' } })).rejects.toEqual(problem('last-admin'));
  });

  it('always keep an administrator, even when two demote each other at once', async () => {
    const world = await createTestWorld();
    const one = await world.as('admin');
    const two = await world.as('admin');
    const results = await Promise.allSettled([
      changeRole({ ctx: one, input: { userId: two.actor.userId, role: 'viewer' } }),
      setDisabled({ ctx: two, input: { userId: one.actor.userId, disabled: true } }),
    ]);
    expect(results.filter((result) => result.status === 'rejected')).toEqual([
      { status: 'rejected', reason: problem('last-admin') },
    ]);
  });
});
