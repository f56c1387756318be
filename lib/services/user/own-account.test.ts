import { expect, it } from 'vitest';
import { sessionActor } from '#lib/auth/session/session.ts';
import { signInForTest, TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import { verifyPassword } from '#lib/platform/crypto/password.ts';
import { changeOwnPassword } from '#lib/services/password/change-own-password.ts';
import type { Context } from '../context.ts';
import { createTestWorld } from '../testing/test-context.ts';
import { endOwnSession } from './end-own-session.ts';
import { endOwnSessions } from './end-own-sessions.ts';
import { getOwnAccount } from './get-own-account.ts';

async function signedInTwice() {
  const world = await createTestWorld();
  const person = await world.as('viewer');
  const cookies = [
    await signInForTest(world.db, person.actor.userId, world.clock.now()),
    await signInForTest(world.db, person.actor.userId, world.clock.now()),
  ];
  const who = (cookie = '') => sessionActor(world.db, new Headers({ cookie }), TEST_SESSION, { now: world.clock.now() });
  const actor = await who(cookies[0]);
  if (actor === null) throw new Error('not signed in');
  return { world, ctx: { ...person, actor }, cookies, who };
}

it('one sees where one is signed in, with this browser marked, and not what has ended', async () => {
  const { world, ctx } = await signedInTwice();
  const { sessions } = await getOwnAccount({ ctx, input: {} });
  expect(sessions.map(({ current }) => current).toSorted()).toEqual([false, true]);
  world.clock.forward(TEST_SESSION.limits.idleMs);
  expect((await getOwnAccount({ ctx, input: {} })).sessions).toEqual([]);
});

it('one ends another session of one’s own, and nobody else’s', async () => {
  const { world, ctx, cookies, who } = await signedInTwice();
  const { sessions } = await getOwnAccount({ ctx, input: {} });
  const sessionId = sessions.find(({ current }) => !current)?.id ?? '';
  const other = await world.as('admin');
  await expect(endOwnSession({ ctx: other, input: { sessionId } })).rejects.toMatchObject({ code: 'not-found' });
  await endOwnSession({ ctx, input: { sessionId } });
  expect([await who(cookies[0]), await who(cookies[1])]).toEqual([expect.anything(), null]);
  await expect(endOwnSession({ ctx, input: { sessionId } })).rejects.toMatchObject({ code: 'not-found' });
  expect(await world.db.auditEvent.count({ where: { action: 'user.end-session' } })).toBe(1);
});

it('a new password of one’s own, or ending all sessions, signs out everywhere; each is a line of the audit trail', async () => {
  for (const [act, action] of [
    [(ctx: Context) => changeOwnPassword({ ctx, input: { password: 'several words apart' } }), 'user.change-own-password'],
    [(ctx: Context) => endOwnSessions({ ctx, input: {} }), 'user.end-sessions'],
  ] as const) {
    const { world, ctx, cookies, who } = await signedInTwice();
    await act(ctx);
    for (const cookie of cookies) expect(await who(cookie)).toBeNull();
    expect(await world.db.auditEvent.count({ where: { action, subjectId: ctx.actor.userId } })).toBe(1);
  }
});

it('one’s own new password is the one that was given, and not one that is guessed first', async () => {
  const { world, ctx } = await signedInTwice();
  await expect(changeOwnPassword({ ctx, input: { password: 'Password12345!' } })).rejects.toMatchObject({
    code: 'common-password',
  });
  await changeOwnPassword({ ctx, input: { password: 'several words apart' } });
  const { passwordHash } = await world.db.user.findUniqueOrThrow({ where: { id: ctx.actor.userId } });
  expect(await verifyPassword('several words apart', passwordHash ?? '')).toBe(true);
});
