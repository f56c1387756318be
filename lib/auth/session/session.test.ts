import { describe, expect, it } from 'vitest';
import { createTestWorld } from '#lib/services/testing/test-context.ts';
import { createApiToken } from '#lib/services/token/create-api-token.ts';
import { setDisabled } from '#lib/services/user/set-disabled.ts';
import { endSessions } from '#lib/store/account/sessions.ts';
import { sealForTest, signInForTest, TEST_SESSION } from '../testing/session-cookie.ts';
import { apiActor, beginSession, hashToken, sessionActor } from './session.ts';

const MINUTE_MS = 60_000;
const HOUR_MS = 60 * MINUTE_MS;

async function signedIn() {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const { userId } = ctx.actor;
  const cookie = await signInForTest(world.db, userId, world.clock.now());
  const look = (silent = false) => ({ now: world.clock.now(), silent });
  const actor = (header = cookie, silent = false) =>
    sessionActor(world.db, new Headers({ cookie: header }), TEST_SESSION, look(silent));
  return { world, ctx, userId, cookie, actor, look };
}

describe('a session', () => {
  it('is of the person as they are now: role, disabling and deletion count at once', async () => {
    const { world, userId, actor } = await signedIn();
    expect(await actor()).toMatchObject({ userId, role: 'editor', kind: 'user', authTime: world.clock.now() });
    await world.db.user.update({ where: { id: userId }, data: { role: 'viewer' } });
    expect(await actor()).toMatchObject({ role: 'viewer' });
    await world.db.user.update({ where: { id: userId }, data: { disabled: true } });
    expect(await actor()).toBeNull();
    await world.db.user.delete({ where: { id: userId } });
    expect(await actor()).toBeNull();
  });

  it('ends 12 hours after the sign-in, however busy it is', async () => {
    const { world, actor } = await signedIn();
    for (let hour = 1; hour < 12; hour++) {
      world.clock.forward(HOUR_MS);
      expect(await actor()).not.toBeNull();
    }
    world.clock.forward(HOUR_MS);
    expect(await actor()).toBeNull();
  });

  it('ends 2 hours after the last thing that the person did; a look that is silent keeps it no longer', async () => {
    const { world, cookie, actor } = await signedIn();
    world.clock.forward(HOUR_MS);
    expect(await actor()).not.toBeNull();
    world.clock.forward(2 * HOUR_MS - MINUTE_MS);
    expect(await actor(cookie, true)).not.toBeNull();
    world.clock.forward(MINUTE_MS);
    expect(await actor()).toBeNull();
  });

  it('does not come back when its person is disabled and enabled again; a sign-in under way meanwhile begins none', async () => {
    const { world, userId, actor } = await signedIn();
    const admin = await world.as('admin');
    const epoch = 0;
    await setDisabled({ ctx: admin, input: { userId, disabled: true } });
    await setDisabled({ ctx: admin, input: { userId, disabled: false } });
    expect(await actor()).toBeNull();
    const now = world.clock.now();
    expect(await beginSession(world.db, { id: userId, epoch }, { authTime: now, now })).toBeNull();
    expect(await actor(await signInForTest(world.db, userId, now))).toMatchObject({ userId });
  });

  it('ends alone or with all of its person, and nobody else’s does', async () => {
    const { world, userId, cookie, actor } = await signedIn();
    const other = await world.as('viewer');
    const [second, others] = [
      await signInForTest(world.db, userId, world.clock.now()),
      await signInForTest(world.db, other.actor.userId, world.clock.now()),
    ];
    await world.db.$transaction((tx) => endSessions(tx, userId));
    expect(await actor(cookie)).toBeNull();
    expect(await actor(second)).toBeNull();
    expect(await actor(others)).toMatchObject({ userId: other.actor.userId });
  });

  it('is known by no cookie, a forged one, one of another secret, one that is over, one of an earlier version, or another person’s id', async () => {
    const { world, userId, actor } = await signedIn();
    const now = world.clock.now();
    const token = await beginSession(world.db, { id: userId, epoch: 0 }, { authTime: now, now });
    expect(await actor(await sealForTest(token ?? {}))).toMatchObject({ userId });
    const other = await world.as('admin');
    for (const cookie of [
      '',
      'authjs.session-token=forged',
      await sealForTest(token ?? {}, 'another-secret-of-more-than-32-characters'),
      await sealForTest(token ?? {}, TEST_SESSION.secret, -60),
      await sealForTest({ sub: userId, epoch: 0 }),
      await sealForTest({ ...token, sub: other.actor.userId }),
      await sealForTest({ ...token, sid: 'made-up' }),
    ]) {
      expect(await actor(cookie), cookie).toBeNull();
    }
    expect(JSON.stringify(await world.db.session.findMany())).not.toContain(token?.sid);
  });
});

describe('an API token', () => {
  it('counts in the API, before a cookie, and on no page: a viewer with an administrator’s token stays a viewer there', async () => {
    const { world, userId, cookie, look } = await signedIn();
    const admin = await world.as('admin');
    const { token, id } = await createApiToken({
      ctx: admin,
      input: { name: 'ci', scopes: ['operate', 'edit', 'admin'], days: 30 },
    });
    const both = new Headers({ cookie, authorization: `Bearer ${token}` });
    expect(await apiActor(world.db, both, TEST_SESSION, look())).toMatchObject({
      userId: admin.actor.userId,
      role: 'admin',
      kind: 'apiToken',
      tokenId: id,
      tokenName: 'ci',
      scopes: ['read', 'operate', 'edit', 'admin'],
      connectionId: null,
    });
    expect(await sessionActor(world.db, both, TEST_SESSION, look())).toMatchObject({ userId, role: 'editor' });
    expect(await sessionActor(world.db, new Headers({ authorization: `Bearer ${token}` }), TEST_SESSION, look())).toBeNull();
  });

  it('that is wrong is refused, whatever cookie comes with it; other ways to authorize don’t count', async () => {
    const { world, userId, cookie, look } = await signedIn();
    const actor = (authorization: string) => apiActor(world.db, new Headers({ cookie, authorization }), TEST_SESSION, look());
    expect(await actor('Bearer wrong')).toBeNull();
    expect(await actor('Basic eDp5')).toMatchObject({ userId, kind: 'user' });
    expect(hashToken('x')).toHaveLength(43);
  });
});
