import { expect, it } from 'vitest';
import { AppError } from '#lib/platform/errors.ts';
import { getConnection } from '#lib/services/connection/get-connection.ts';
import { NEEDS_REAUTHENTICATION } from '#lib/services/credential/with-source-connection.ts';
import { createTestWorld, makeConnection } from '#lib/services/testing/test-context.ts';
import { checkConnections } from './check-connections.ts';

const NEVER = new AbortController().signal;
const DAY_MS = 86_400_000;

/** A connection whose tokens were renewed just now, checked some days later. */
async function checkedLater(days: number, error?: AppError) {
  const world = await createTestWorld();
  const ctx = await world.as('editor');
  const connection = await makeConnection(ctx, world);
  let asked = 0;
  const at = new Date(Date.now() + days * DAY_MS);
  const { executor } = world;
  const testConnection: typeof executor.testConnection = async (session) => {
    asked++;
    if (error !== undefined) throw error;
    return executor.testConnection(session);
  };
  await checkConnections({ ...ctx, clock: { now: () => at }, executor: () => ({ ...executor, testConnection }) }, NEVER);
  return { asked, connection: await getConnection({ ctx, input: { connectionId: connection.id } }), at };
}

it('an idle sign-in is renewed, so that it does not end by itself', async () => {
  const { asked, connection, at } = await checkedLater(2);
  expect(asked).toBe(1);
  expect(connection).toMatchObject({ state: 'ready', lastVerifiedAt: at.toISOString() });
});

it('a sign-in that was used today is left alone', async () => {
  expect((await checkedLater(0)).asked).toBe(0);
});

it('one that Entra refuses turns to Needs re-authentication without anybody using it', async () => {
  const refused = new AppError({ code: NEEDS_REAUTHENTICATION, title: 'The sign-in was revoked.' });
  expect((await checkedLater(2, refused)).connection).toMatchObject({
    state: 'needs-reauthentication',
    problem: refused.problem,
  });
});

it('a tenant that does not answer changes nothing', async () => {
  const silent = new AppError({ code: 'timed-out', title: 'It did not answer in time.' });
  expect((await checkedLater(2, silent)).connection).toMatchObject({ state: 'ready', problem: null });
});
