import { z } from 'zod';
import { endSessions } from '#lib/store/account/sessions.ts';
import type { Call } from '../context.ts';
import { requirePerson } from '../require-role.ts';
import { write } from '../write.ts';

export const EndOwnSessionsInput = z.object({});
export type EndOwnSessionsInput = z.input<typeof EndOwnSessionsInput>;

/** Ends all sessions of the caller, including the current one. */
export async function endOwnSessions({ ctx }: Call<EndOwnSessionsInput>): Promise<null> {
  const { userId } = requirePerson(ctx, 'viewer');
  await write(ctx, async (tx, audit) => {
    await audit({ action: 'user.end-sessions', subjectId: userId });
    await endSessions(tx, userId);
  });
  return null;
}
