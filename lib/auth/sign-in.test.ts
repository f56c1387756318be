import { describe, expect, it, vi } from 'vitest';
import * as passwords from '#lib/platform/crypto/password.ts';
import { newId } from '#lib/platform/id.ts';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import { insertUser } from '#lib/store/account/users.ts';
import { entraAccount } from './entra/entra-account.ts';
import { type Attempt, createSignInAttempts, SIGN_IN_DELAYS } from './password/attempts.ts';
import { checkPassword } from './password/check-password.ts';
import { makeDeviceCookie, readDeviceCookie } from './session/device-cookie.ts';

vi.mock('#lib/platform/crypto/password.ts', { spy: true });
const verified = vi.mocked(passwords.verifyPassword);
const { hashPassword } = passwords;

const SECRET = 'a-secret-of-more-than-thirty-two-characters';
const PASSWORD = 'correct horse battery';

async function world() {
  const { db } = await createTestDatabase();
  let nowMs = Date.parse('2026-03-01T09:00:00Z');
  const clock = { now: () => new Date(nowMs), forward: (ms: number) => (nowMs += ms) };
  const passwordHash = await hashPassword(PASSWORD);
  const ada = await insertUser(db, {
    id: newId('user'),
    email: 'ada@contoso.test',
    name: 'Ada',
    role: 'admin',
    passwordHash,
    entraObjectId: null,
  });
  return { db, ada, clock, deps: { db, clock, attempts: createSignInAttempts({ db, clock }) } };
}

const problem = (code: string) => ({ problem: { code } });
const RIGHT = { email: 'ada@contoso.test', password: PASSWORD, ip: '192.0.2.1' };
const WRONG = { ...RIGHT, password: 'wrong' };

describe('checkPassword', () => {
  it('lets the right password in, in any case of the e-mail address', async () => {
    const { ada, deps } = await world();
    expect(await checkPassword(deps, { ...RIGHT, email: ' Ada@Contoso.test ' })).toMatchObject({ id: ada.id });
  });

  it('lets in whose password is shorter than new ones have to be', async () => {
    const { db, ada, deps } = await world();
    await db.user.update({ where: { id: ada.id }, data: { passwordHash: await hashPassword('eight888') } });
    expect(await checkPassword(deps, { ...RIGHT, password: 'eight888' })).toMatchObject({ id: ada.id });
  });

  it('answers the same for an unknown e-mail address, a wrong password and a disabled account', async () => {
    const { db, ada, deps } = await world();
    const answers = [
      await checkPassword(deps, WRONG).catch((error: unknown) => error),
      await checkPassword(deps, { ...WRONG, email: 'nobody@contoso.test' }).catch((error: unknown) => error),
    ];
    await db.user.update({ where: { id: ada.id }, data: { disabled: true } });
    answers.push(await checkPassword(deps, RIGHT).catch((error: unknown) => error));
    expect(answers).toEqual(
      Array(3).fill(expect.objectContaining({ problem: expect.objectContaining({ code: 'sign-in-refused' }) })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });
});

describe('the limits of sign-in', () => {
  const { pair, account, address, device } = SIGN_IN_DELAYS;
  const ADA = { email: 'ada@contoso.test', ip: '192.0.2.1', device: null };
  type Deps = Awaited<ReturnType<typeof world>>['deps'];

  /** Makes attempts with a wrong password; attempts that are not refused count as failed. */
  async function fail({ attempts }: Deps, times: number, from: Attempt = ADA) {
    for (let i = 0; i < times; i++) await attempts.spend(from);
  }

  /** Makes attempts from 100 addresses without a pause. */
  async function hammer({ attempts }: Deps) {
    const each = Array.from({ length: 100 }, (_, i) => ({ ...ADA, ip: `198.51.100.${i}` }));
    return (await Promise.allSettled(each.map((from) => attempts.spend(from)))).filter(({ status }) => status === 'fulfilled')
      .length;
  }

  it('delay the next attempt longer with each failure, up to a minute, and never lock', async () => {
    const { clock, deps } = await world();
    await fail(deps, pair.free);
    const delays: number[] = [];
    for (let i = 0; i < 9; i++) {
      await fail(deps, 1);
      const refused = await checkPassword(deps, RIGHT).catch((error: unknown) => error);
      expect(refused).toMatchObject({ ...problem('too-many-sign-ins'), retry: { afterMs: expect.any(Number) } });
      const { afterMs } = (refused as { retry: { afterMs: number } }).retry;
      delays.push(afterMs / 1000);
      clock.forward(afterMs);
    }
    expect(delays).toEqual([1, 2, 4, 8, 16, 32, 60, 60, 60]);
    expect(await checkPassword(deps, RIGHT)).toMatchObject({ role: 'admin' });
    await fail(deps, pair.free);
  });

  it('count no attempt that they refuse: who hammers pushes nobody’s time away', async () => {
    const { db, clock, deps } = await world();
    await fail(deps, pair.free + 1);
    const before = await db.signInFailures.findMany({ orderBy: { key: 'asc' } });
    for (let i = 0; i < 100; i++) await expect(checkPassword(deps, WRONG)).rejects.toMatchObject(problem('too-many-sign-ins'));
    expect(await db.signInFailures.findMany({ orderBy: { key: 'asc' } })).toEqual(before);
    clock.forward(pair.firstMs);
    expect(await checkPassword(deps, RIGHT)).toMatchObject({ role: 'admin' });
  });

  it('are looked at before anything costly', async () => {
    const { deps } = await world();
    await fail(deps, pair.free + 1);
    verified.mockClear();
    await expect(checkPassword(deps, WRONG)).rejects.toMatchObject(problem('too-many-sign-ins'));
    expect(verified).not.toHaveBeenCalled();
  });

  it('keep the only administrator out for half a minute at most after 100 attempts from 100 addresses', async () => {
    const { clock, deps } = await world();
    expect(await hammer(deps)).toBe(account.free + 1);
    clock.forward(account.maxMs);
    expect(await checkPassword(deps, RIGHT)).toMatchObject({ role: 'admin' });
  });

  it('leave a browser alone that the account has signed in with, while others guess, and count its own failures', async () => {
    const { ada, deps } = await world();
    await hammer(deps);
    const given = { cookie: makeDeviceCookie(ada.id, SECRET), secret: SECRET };
    await expect(checkPassword(deps, RIGHT)).rejects.toMatchObject(problem('too-many-sign-ins'));
    expect(await checkPassword(deps, { ...RIGHT, device: given })).toMatchObject({ role: 'admin' });
    await fail(deps, device.free + 1, { ...ADA, device: readDeviceCookie(given.cookie, ada.id, SECRET) });
    await expect(checkPassword(deps, { ...RIGHT, device: given })).rejects.toMatchObject(problem('too-many-sign-ins'));
  });

  it('let a burst of attempts at once cost no more than one after the other', async () => {
    const { deps } = await world();
    const outcomes = await Promise.allSettled(Array.from({ length: 20 }, () => deps.attempts.spend(ADA)));
    expect(outcomes.filter(({ status }) => status === 'fulfilled')).toHaveLength(pair.free + 1);
  });

  it('slow down guessing at many people from one address; successes between cost nothing', async () => {
    const { attempts } = (await world()).deps;
    const of = (i: number, who: string) => ({ ...ADA, email: `${who}${i}@contoso.test` });
    for (let i = 0; i < address.free + 5; i++) {
      await attempts.spend(of(i, 'good'));
      await attempts.forgive(of(i, 'good'));
    }
    for (let i = 0; i <= address.free; i++) await attempts.spend(of(i, 'bad'));
    await expect(attempts.spend(of(0, 'last'))).rejects.toMatchObject(problem('too-many-sign-ins'));
    await attempts.spend({ ...of(0, 'last'), ip: '192.0.2.2' });
  });

  it('forget failures after a quiet hour', async () => {
    const { clock, deps } = await world();
    await fail(deps, pair.free + 1);
    clock.forward(pair.forgetMs);
    await fail(deps, pair.free);
  });
});

describe('a device cookie', () => {
  it('counts for the account that it was made for, and only as it was made', () => {
    const cookie = makeDeviceCookie('user_1', SECRET);
    expect(readDeviceCookie(cookie, 'user_1', SECRET)).toMatch(/^[\w-]{22}$/);
    for (const [value, user, secret] of [
      [cookie, 'user_2', SECRET],
      [cookie, 'user_1', `${SECRET}x`],
      [`x${cookie}`, 'user_1', SECRET],
      [cookie.replace('user_1', 'user_2'), 'user_2', SECRET],
      ['user_1', 'user_1', SECRET],
      [undefined, 'user_1', SECRET],
    ] as const) {
      expect(readDeviceCookie(value, user, secret)).toBeNull();
    }
  });
});

describe('entraAccount', () => {
  it('makes a viewer at the first sign-in and finds the same person later, whatever the e-mail address is then', async () => {
    const { db, clock } = await world();
    const profile = { objectId: 'oid-1', email: 'Grace@Contoso.test', name: 'Grace' };
    const first = await entraAccount({ db, clock }, profile);
    expect(first).toMatchObject({ email: 'grace@contoso.test', role: 'viewer' });
    expect(await entraAccount({ db, clock }, { ...profile, email: 'renamed@contoso.test' })).toMatchObject({
      email: 'grace@contoso.test',
    });
    expect(await db.user.count({ where: { entraObjectId: 'oid-1' } })).toBe(1);
  });

  it('does not take over the account of somebody with the same e-mail address, nor lets a disabled one in', async () => {
    const { db, clock } = await world();
    expect(await entraAccount({ db, clock }, { objectId: 'oid-2', email: 'ada@contoso.test', name: null })).toBe('address-taken');
    await entraAccount({ db, clock }, { objectId: 'oid-3', email: 'grace@contoso.test', name: null });
    await db.user.update({ where: { entraObjectId: 'oid-3' }, data: { disabled: true } });
    expect(await entraAccount({ db, clock }, { objectId: 'oid-3', email: 'grace@contoso.test', name: null })).toBe('disabled');
  });
});
