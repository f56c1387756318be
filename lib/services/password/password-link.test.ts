import { describe, expect, it, vi } from 'vitest';
import * as passwords from '#lib/platform/crypto/password.ts';
import { createTestWorld, type TestWorld } from '#lib/services/testing/test-context.ts';
import { inviteUser } from '#lib/services/user/invite-user.ts';
import { setDisabled } from '#lib/services/user/set-disabled.ts';
import { findUserByEmail } from '#lib/store/account/users.ts';
import { checkPasswordLink } from './check-password-link.ts';
import { createPasswordLink } from './create-password-link.ts';
import { setPasswordByLink } from './set-password-by-link.ts';

vi.mock('#lib/platform/crypto/password.ts', { spy: true });
const hashed = vi.mocked(passwords.hashPassword);

const problem = (code: string) => expect.objectContaining({ problem: expect.objectContaining({ code }) });
const GRACE = { email: 'grace@contoso.test', name: 'Grace', role: 'editor' } as const;
const PASSWORD = 'several words apart';
const HOUR_MS = 3_600_000;

const tokenOf = (link: { readonly url: string }) => new URL(link.url).searchParams.get('token') ?? '';

async function invited() {
  const world = await createTestWorld();
  const admin = await world.as('admin');
  const { user, link } = await inviteUser({ ctx: admin, input: GRACE });
  const ctx = { db: world.db, clock: world.clock };
  const set = (token: string, password = PASSWORD) => setPasswordByLink({ ctx, input: { token, password } });
  const check = (token: string) => checkPasswordLink({ ctx, input: { token } });
  return { world, admin, user, token: tokenOf(link), link, set, check };
}

async function passwordIs(world: TestWorld, password: string): Promise<boolean> {
  const stored = (await findUserByEmail(world.db, GRACE.email))?.passwordHash ?? null;
  return stored !== null && passwords.verifyPassword(password, stored);
}

describe('an invitation', () => {
  it('lets the person alone set the password, once, within 72 hours; only its digest is kept', async () => {
    const { world, user, token, link, set, check } = await invited();
    expect(user).toMatchObject({ ...GRACE, signInWith: [] });
    expect(link).toMatchObject({
      url: `http://localhost:3000/set-password?token=${token}`,
      expiresAt: '2026-03-04T09:00:00.000Z',
    });
    expect(JSON.stringify([await world.db.passwordLink.findMany(), await world.db.auditEvent.findMany()])).not.toContain(token);
    expect(await check(token)).toEqual({ email: GRACE.email, purpose: 'invitation' });
    const outcomes = await Promise.allSettled([1, 2].map(() => set(token)));
    expect(outcomes.map(({ status }) => status).toSorted()).toEqual(['fulfilled', 'rejected']);
    expect(await passwordIs(world, PASSWORD)).toBe(true);
    await expect(set(token, 'another long one')).rejects.toEqual(problem('password-link-refused'));
    expect(await check(token)).toBeNull();
  });

  it('ends by time, by a newer one, and when the person is disabled, also if they are enabled again', async () => {
    const { world, admin, user, token, set, check } = await invited();
    const newer = tokenOf(await createPasswordLink({ ctx: admin, input: { userId: user.id } }));
    await expect(set(token)).rejects.toEqual(problem('password-link-refused'));
    expect(await check(newer)).toMatchObject({ purpose: 'invitation' });
    await setDisabled({ ctx: admin, input: { userId: user.id, disabled: true } });
    await setDisabled({ ctx: admin, input: { userId: user.id, disabled: false } });
    await expect(set(newer)).rejects.toEqual(problem('password-link-refused'));
    const last = tokenOf(await createPasswordLink({ ctx: admin, input: { userId: user.id } }));
    world.clock.forward(72 * HOUR_MS);
    await expect(set(last)).rejects.toEqual(problem('password-link-refused'));
  });

  it('that is made up costs no hash of a password', async () => {
    const { set } = await invited();
    hashed.mockClear();
    for (let i = 0; i < 20; i++) await expect(set(`made-up-${i}`)).rejects.toEqual(problem('password-link-refused'));
    expect(hashed).not.toHaveBeenCalled();
  });

  it('survives a password that is refused', async () => {
    const { token, set } = await invited();
    await expect(set(token, 'grace@contoso.test')).rejects.toEqual(problem('common-password'));
    await expect(set(token, 'too short')).rejects.toThrow(/at least 12/);
    await set(token);
  });
});

describe('a link to reset a password', () => {
  it('leaves the password of now until it is used, within 24 hours, and ends the sessions of before', async () => {
    const { world, admin, user, token, set, check } = await invited();
    await set(token);
    const reset = tokenOf(await createPasswordLink({ ctx: admin, input: { userId: user.id } }));
    expect(await check(reset)).toMatchObject({ purpose: 'reset' });
    expect(await passwordIs(world, PASSWORD)).toBe(true);
    const { sessionEpoch } = await world.db.user.findUniqueOrThrow({ where: { id: user.id } });
    await set(reset, 'another long one');
    expect(await passwordIs(world, 'another long one')).toBe(true);
    expect(await world.db.user.findUniqueOrThrow({ where: { id: user.id } })).toMatchObject({ sessionEpoch: sessionEpoch + 1 });
    const late = tokenOf(await createPasswordLink({ ctx: admin, input: { userId: user.id } }));
    world.clock.forward(24 * HOUR_MS);
    expect(await check(late)).toBeNull();
  });
});
