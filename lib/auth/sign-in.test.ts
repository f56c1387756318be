import { encode } from 'next-auth/jwt';
import { describe, expect, it } from 'vitest';
import { newId } from '#lib/platform/id.ts';
import { hashPassword } from '#lib/platform/password.ts';
import { createTestDatabase } from '#lib/platform/testing/database.ts';
import { insertUser, setUserPasswordHash } from '#lib/store/users.ts';
import { createSignInAttempts, SIGN_IN_LIMITS } from './attempts.ts';
import { checkPassword } from './check-password.ts';
import { entraAccount } from './entra-account.ts';
import { hashToken, requestActor, sessionCookieName } from './session.ts';

const clock = { now: () => new Date('2026-03-01T09:00:00Z') };
const SESSION = { secret: 'a-secret-of-more-than-thirty-two-characters', secure: false };
const PASSWORD = 'correct horse battery';

async function world() {
  const { db } = await createTestDatabase();
  const passwordHash = await hashPassword(PASSWORD);
  const ada = await insertUser(db, {
    id: newId('user'),
    email: 'ada@contoso.test',
    name: 'Ada',
    role: 'editor',
    passwordHash,
    entraObjectId: null,
  });
  return { db, ada, deps: { db, clock, attempts: createSignInAttempts(db) } };
}

async function cookieOf(userId: string, maxAge = 3600, epoch?: number): Promise<Headers> {
  const name = sessionCookieName(SESSION.secure);
  const token = await encode({
    secret: SESSION.secret,
    salt: name,
    maxAge,
    token: { sub: userId, ...(epoch === undefined ? {} : { epoch }) },
  });
  return new Headers({ cookie: `${name}=${token}` });
}

describe('checkPassword', () => {
  it('lets the right password in, in any case of the e-mail address', async () => {
    const { ada, deps } = await world();
    const given = { email: ' Ada@Contoso.test ', password: PASSWORD, ip: '192.0.2.1' };
    expect(await checkPassword(deps, given)).toMatchObject({ id: ada.id });
  });

  it('answers the same for an unknown e-mail address, a wrong password and a disabled account', async () => {
    const { db, ada, deps } = await world();
    const wrong = { email: 'ada@contoso.test', password: 'wrong', ip: '192.0.2.1' };
    const answers = [
      await checkPassword(deps, wrong).catch((error: unknown) => error),
      await checkPassword(deps, { ...wrong, email: 'nobody@contoso.test' }).catch((error: unknown) => error),
    ];
    await db.user.update({ where: { id: ada.id }, data: { disabled: true } });
    answers.push(await checkPassword(deps, { ...wrong, password: PASSWORD }).catch((error: unknown) => error));
    expect(answers).toEqual(
      Array(3).fill(expect.objectContaining({ problem: expect.objectContaining({ code: 'sign-in-refused' }) })),
    );
    expect(new Set(answers.map((answer) => JSON.stringify(answer))).size).toBe(1);
  });

  it('stops guessing per person and address, says when to try again, and leaves others alone', async () => {
    const { deps } = await world();
    const guess = { email: 'ada@contoso.test', password: 'wrong', ip: '192.0.2.1' };
    for (let i = 0; i < SIGN_IN_LIMITS.person.points; i++) {
      await expect(checkPassword(deps, guess)).rejects.toMatchObject({ problem: { code: 'sign-in-refused' } });
    }
    await expect(checkPassword(deps, { ...guess, password: PASSWORD })).rejects.toMatchObject({
      problem: { code: 'too-many-sign-ins', remedy: 'Try again in 15 minutes.' },
      retry: { afterMs: expect.any(Number) },
    });
    await expect(checkPassword(deps, { ...guess, password: PASSWORD, ip: '192.0.2.2' })).resolves.toMatchObject({
      role: 'editor',
    });
  });

  it('stops guessing at many people from one address', async () => {
    const { deps } = await world();
    const attempts = deps.attempts;
    for (let i = 0; i < SIGN_IN_LIMITS.address.points; i++)
      await attempts.spend({ email: `p${i}@contoso.test`, ip: '192.0.2.1' });
    await expect(attempts.spend({ email: 'last@contoso.test', ip: '192.0.2.1' })).rejects.toMatchObject({
      problem: { code: 'too-many-sign-ins' },
    });
  });

  it('lets any number of people in from one address, and still counts the failures between', async () => {
    const { attempts } = (await world()).deps;
    const ip = '192.0.2.1';
    const { points } = SIGN_IN_LIMITS.address;
    for (let i = 0; i < points + 5; i++) {
      await attempts.spend({ email: `p${i}@contoso.test`, ip });
      await attempts.forgive({ email: `p${i}@contoso.test`, ip });
    }
    for (let i = 0; i < points; i++) await attempts.spend({ email: `q${i}@contoso.test`, ip });
    await expect(attempts.spend({ email: 'last@contoso.test', ip })).rejects.toMatchObject({
      problem: { code: 'too-many-sign-ins' },
    });
  });
});

describe('requestActor', () => {
  it('reads the person from the database each time: role, disabling and deletion count at once', async () => {
    const { db, ada } = await world();
    const headers = await cookieOf(ada.id);
    const actor = () => requestActor(db, headers, SESSION, clock.now());
    expect(await actor()).toEqual({ type: 'user', userId: ada.id, email: 'ada@contoso.test', role: 'editor' });
    await db.user.update({ where: { id: ada.id }, data: { role: 'viewer' } });
    expect(await actor()).toMatchObject({ role: 'viewer' });
    await db.user.update({ where: { id: ada.id }, data: { disabled: true } });
    expect(await actor()).toBeNull();
    await db.user.delete({ where: { id: ada.id } });
    expect(await actor()).toBeNull();
  });

  it('ends every session of before when the person gets a new password, and no other one', async () => {
    const { db, ada } = await world();
    const before = await cookieOf(ada.id);
    const actor = (headers: Headers) => requestActor(db, headers, SESSION, clock.now());
    expect(await actor(before)).toMatchObject({ userId: ada.id });
    const { sessionEpoch } = await setUserPasswordHash(db, ada.id, await hashPassword('another long one'));
    expect(await actor(before)).toBeNull();
    expect(await actor(await cookieOf(ada.id, 3600, sessionEpoch))).toMatchObject({ userId: ada.id });
  });

  it('knows nobody without a cookie, with a forged one, one of another secret, or one that is over', async () => {
    const { db, ada } = await world();
    const name = sessionCookieName(false);
    const foreign = await encode({ secret: 'another-secret-of-more-than-32-characters', salt: name, token: { sub: ada.id } });
    const over = await cookieOf(ada.id, -60);
    for (const headers of [
      new Headers(),
      new Headers({ cookie: `${name}=forged` }),
      new Headers({ cookie: `${name}=${foreign}` }),
      over,
    ]) {
      expect(await requestActor(db, headers, SESSION, clock.now())).toBeNull();
    }
  });

  it('takes an API token, and refuses one that is unknown', async () => {
    const { db, ada } = await world();
    await db.apiToken.create({ data: { id: newId('tok'), userId: ada.id, name: 'ci', tokenHash: hashToken('right') } });
    const withToken = (token: string) =>
      requestActor(db, new Headers({ authorization: `Bearer ${token}` }), SESSION, clock.now());
    expect(await withToken('right')).toMatchObject({ userId: ada.id });
    expect(await withToken('wrong')).toBeNull();
  });
});

describe('entraAccount', () => {
  it('makes a viewer at the first sign-in and finds the same person later, whatever the e-mail address is then', async () => {
    const { db } = await world();
    const profile = { objectId: 'oid-1', email: 'Grace@Contoso.test', name: 'Grace' };
    const first = await entraAccount({ db, clock }, profile);
    expect(first).toMatchObject({ email: 'grace@contoso.test', role: 'viewer' });
    expect(await entraAccount({ db, clock }, { ...profile, email: 'renamed@contoso.test' })).toMatchObject({ id: first?.id });
  });

  it('does not take over the account of somebody with the same e-mail address, nor lets a disabled one in', async () => {
    const { db } = await world();
    expect(await entraAccount({ db, clock }, { objectId: 'oid-2', email: 'ada@contoso.test', name: null })).toBeNull();
    const grace = await entraAccount({ db, clock }, { objectId: 'oid-3', email: 'grace@contoso.test', name: null });
    await db.user.update({ where: { id: grace?.id ?? '' }, data: { disabled: true } });
    expect(await entraAccount({ db, clock }, { objectId: 'oid-3', email: 'grace@contoso.test', name: null })).toBeNull();
  });
});
