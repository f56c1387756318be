import { expect, test } from 'vitest';
import type { Actor } from '#lib/domain/account/actor.ts';
import { ForbiddenError } from '#lib/platform/errors.ts';
import type { Context } from '../context.ts';
import { listRuns } from '../run/list-runs.ts';
import { startRun } from '../run/start-run.ts';
import { deleteTask } from '../task/delete-task.ts';
import { createTaskFor } from '../testing/make-task.ts';
import { createTestWorld, makeConnection } from '../testing/test-context.ts';
import { createApiToken } from '../token/create-api-token.ts';
import { revokeApiToken } from '../token/revoke-api-token.ts';
import { listAudit } from './list-audit.ts';
import { listAuditFacetsOf } from './list-audit-facets.ts';

/** A person, one of her tokens and one of her schedules; each has started a task. */
async function threeStarters() {
  const world = await createTestWorld();
  const ada = await world.as('admin');
  const { userId, email, role } = ada.actor;
  const token = await createApiToken({ ctx: ada, input: { name: 'nightly', scopes: ['operate', 'edit', 'admin'], days: 30 } });
  const actors = {
    user: ada.actor,
    apiToken: {
      kind: 'apiToken',
      userId,
      email,
      role,
      tokenId: token.id,
      tokenName: 'nightly',
      scopes: ['read', 'operate', 'edit'],
      connectionId: null,
    },
    schedule: { kind: 'schedule', scheduleId: 'sched_1', scheduleName: 'Every morning', userId, email },
    cli: { kind: 'cli' },
  } as const satisfies Readonly<Record<string, Actor>>;
  const connection = await makeConnection(ada, world);
  const as = (kind: keyof typeof actors): Context => ({ ...ada, actor: actors[kind] });
  for (const kind of Object.keys(actors) as (keyof typeof actors)[]) {
    const task = await createTaskFor(ada, connection.id, kind, { schema: kind.toLowerCase() });
    await startRun({ ctx: as(kind), input: { taskId: task.id } });
  }
  return { ada, token, as };
}

test('a run says who started it and by what, by id', async () => {
  const { ada, token } = await threeStarters();
  const { userId, email } = ada.actor;
  const starters = (await listRuns({ ctx: ada, input: {} })).map(({ taskName, startedBy }) => [taskName, startedBy]);
  expect(Object.fromEntries(starters)).toEqual({
    user: { kind: 'user', id: userId, userId, name: email },
    apiToken: { kind: 'apiToken', id: token.id, userId, name: `API token nightly of ${email}` },
    schedule: { kind: 'schedule', id: 'sched_1', userId, name: `Schedule Every morning of ${email}` },
    cli: { kind: 'cli', id: null, userId: null, name: 'Command line' },
  });
});

test('what a token did is the token’s doing in its owner’s name, also when it is revoked', async () => {
  const { ada, token } = await threeStarters();
  const { userId } = ada.actor;
  await revokeApiToken({ ctx: ada, input: { tokenId: token.id } });
  const starts = async (filter: { person?: string; kind?: 'apiToken' | 'user' }) =>
    (await listAudit({ ctx: ada, input: { ...filter, action: 'run.start' } })).events.map(({ actor }) => actor.kind).sort();
  expect(await starts({})).toEqual(['apiToken', 'cli', 'schedule', 'user']);
  expect(await starts({ kind: 'apiToken' })).toEqual(['apiToken']);
  expect(await starts({ person: `user:${userId}` })).toEqual(['apiToken', 'schedule', 'user']);
  expect(await starts({ person: `user:${userId}`, kind: 'user' })).toEqual(['user']);
  expect(await starts({ person: `apiToken:${token.id}` })).toEqual(['apiToken']);
  expect(await starts({ person: 'cli' })).toEqual(['cli']);
  await expect(listAudit({ ctx: ada, input: { person: 'nobody' } })).rejects.toMatchObject({ problem: { field: 'person' } });
  expect((await listAuditFacetsOf({ ctx: ada, input: {} })).people).toEqual(
    expect.arrayContaining([
      { actor: `apiToken:${token.id}`, name: `API token nightly of ${ada.actor.email}` },
      { actor: `user:${userId}`, name: ada.actor.email },
    ]),
  );
});

test('a schedule starts runs and administers nothing; a gateway has no role at all', async () => {
  const { ada, as } = await threeStarters();
  const gateway: Context = { ...ada, actor: { kind: 'gateway', gatewayId: 'gw_1', gatewayName: 'Plant' } };
  await expect(listRuns({ ctx: gateway, input: {} })).rejects.toBeInstanceOf(ForbiddenError);
  await expect(listAudit({ ctx: as('schedule'), input: {} })).rejects.toBeInstanceOf(ForbiddenError);
  await expect(deleteTask({ ctx: gateway, input: { taskId: 'task_1' } })).rejects.toBeInstanceOf(ForbiddenError);
});
