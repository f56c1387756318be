import { expect, test } from 'vitest';
import { apiActor, hashToken } from '#lib/auth/session/session.ts';
import { TEST_SESSION } from '#lib/auth/testing/session-cookie.ts';
import type { Context } from '../context.ts';
import { createTestWorld, type TestWorld } from '../testing/test-context.ts';
import { createApiToken } from './create-api-token.ts';
import { listApiTokens } from './list-api-tokens.ts';
import { revokeApiToken } from './revoke-api-token.ts';

const DAY_MS = 86_400_000;

function whoHas(world: TestWorld, token: string) {
  return apiActor(world.db, new Headers({ authorization: `Bearer ${token}` }), TEST_SESSION, { now: world.clock.now() });
}

const make = (ctx: Context, name = 'nightly') =>
  createApiToken({ ctx, input: { name, scopes: ['operate', 'edit', 'admin'], days: 30 } });

test('a token acts as its owner until it ends, with the role of that moment; only its digest is kept', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const { token, ...shown } = await make(ctx);
  expect(token).toMatch(/^entrada_[\w-]{43}$/);
  expect(shown).toMatchObject({
    name: 'nightly',
    scopes: ['read', 'operate', 'edit', 'admin'],
    connection: null,
    owner: ctx.actor.email,
    lastUsedAt: null,
  });
  expect(await whoHas(world, token)).toMatchObject({ userId: ctx.actor.userId, role: 'editor' });
  await world.db.user.update({ where: { id: ctx.actor.userId }, data: { role: 'viewer' } });
  expect(await whoHas(world, token)).toMatchObject({ role: 'viewer' });
  for (const [disabled, acts] of [
    [true, false],
    [false, true],
  ] as const) {
    await world.db.user.update({ where: { id: ctx.actor.userId }, data: { disabled } });
    expect([disabled, (await whoHas(world, token)) !== null]).toEqual([disabled, acts]);
  }
  const stored = await world.db.apiToken.findMany();
  expect(stored).toMatchObject([{ tokenHash: hashToken(token) }]);
  expect(JSON.stringify([stored, await world.db.auditEvent.findMany()])).not.toContain(token);
  world.clock.forward(30 * DAY_MS - 1);
  expect(await whoHas(world, token)).not.toBeNull();
  world.clock.forward(1);
  expect(await whoHas(world, token)).toBeNull();
});

test('when it was last used is told to the minute', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('viewer');
  const { token } = await make(ctx);
  const first = world.clock.now().toISOString();
  const lastUsed = async () => (await listApiTokens({ ctx, input: {} }))[0]?.lastUsedAt;
  await whoHas(world, token);
  world.clock.forward(59_000);
  await whoHas(world, token);
  expect(await lastUsed()).toBe(first);
  world.clock.forward(1000);
  await whoHas(world, token);
  expect(await lastUsed()).toBe(world.clock.now().toISOString());
});

test('one sees and revokes one’s own tokens, an administrator everybody’s; a revoked one is refused at once', async () => {
  const world = await createTestWorld();
  const [ada, grace, admin] = [await world.as('viewer'), await world.as('editor'), await world.as('admin')];
  const { id, token } = await make(ada);
  expect(await listApiTokens({ ctx: grace, input: {} })).toEqual([]);
  await expect(revokeApiToken({ ctx: grace, input: { tokenId: id } })).rejects.toMatchObject({ code: 'not-found' });
  expect(await listApiTokens({ ctx: admin, input: {} })).toMatchObject([{ id, owner: ada.actor.email }]);
  await revokeApiToken({ ctx: admin, input: { tokenId: id } });
  expect(await whoHas(world, token)).toBeNull();
  const own = await make(ada);
  await revokeApiToken({ ctx: ada, input: { tokenId: own.id } });
  expect(await listApiTokens({ ctx: ada, input: {} })).toEqual([]);
  const actions = (await world.db.auditEvent.findMany({ orderBy: { id: 'asc' } })).map(({ action }) => action).sort();
  expect(actions).toEqual(['token.create', 'token.create', 'token.revoke', 'token.revoke']);
});

test('a name and one of the offered ends are asked for', async () => {
  const ctx = await (await createTestWorld()).as('viewer');
  await expect(createApiToken({ ctx, input: { name: ' ', scopes: ['read'], days: 30 } })).rejects.toThrow(/where it is used/);
  await expect(createApiToken({ ctx, input: { name: 'x', scopes: ['read'], days: 31 as 30 } })).rejects.toThrow(/30, 90 or 365/);
});

test('a token makes tokens of its owner, which may do no more and live no longer than itself', async () => {
  const world = await createTestWorld();
  const ctx = await world.as('admin');
  const days = 30 as const;
  const { id, token, expiresAt } = await createApiToken({ ctx, input: { name: 'ci', scopes: ['operate', 'admin'], days } });
  const actor = await whoHas(world, token);
  if (actor === null) throw new Error('no actor');
  world.clock.forward(86_400_000);
  const by = { ...ctx, actor };
  const made = await createApiToken({ ctx: by, input: { name: 'child', scopes: ['operate'], days: null } });
  expect(made).toMatchObject({ owner: ctx.actor.email, scopes: ['read', 'operate'], expiresAt });
  const more = { name: 'more', scopes: ['edit' as const], days };
  await expect(createApiToken({ ctx: by, input: more })).rejects.toMatchObject({ code: 'scope-missing' });
  const child = await whoHas(world, made.token);
  if (child === null) throw new Error('no actor');
  const grandchild = { ctx: { ...ctx, actor: child }, input: { name: 'x', scopes: ['read' as const], days } };
  await expect(createApiToken(grandchild)).rejects.toMatchObject({ code: 'scope-missing' });
  await revokeApiToken({ ctx: by, input: { tokenId: made.id } });
  const events = await world.db.auditEvent.findMany({ where: { actorKind: 'apiToken' }, orderBy: { at: 'asc' } });
  expect(events.map(({ actorId, action }) => [actorId, action])).toEqual([
    [id, 'token.create'],
    [id, 'token.revoke'],
  ]);
});
