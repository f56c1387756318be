import { z } from 'zod';
import { NotFoundError } from '#lib/platform/errors.ts';
import { deleteSessionOf } from '#lib/store/account/sessions.ts';
import type { Call } from '../context.ts';
import { requirePerson } from '../require-role.ts';
import { write } from '../write.ts';

export const EndOwnSessionInput = z.object({
  /** Id from getOwnAccount. */
  sessionId: z.string().min(1).max(100),
});
export type EndOwnSessionInput = z.input<typeof EndOwnSessionInput>;

/** Ends one session of the caller, e.g. in another browser. @throws NotFoundError when it has ended or belongs to another person */
export async function endOwnSession({ ctx, input }: Call<EndOwnSessionInput>): Promise<null> {
  const { userId } = requirePerson(ctx, 'viewer');
  const { sessionId } = EndOwnSessionInput.parse(input);
  await write(ctx, async (tx, audit) => {
    if (!(await deleteSessionOf(tx, userId, sessionId))) throw new NotFoundError('session');
    await audit({ action: 'user.end-session', subjectId: userId });
  });
  return null;
}
