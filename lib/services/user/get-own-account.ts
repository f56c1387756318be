import { z } from 'zod';
import type { OwnAccountDto } from '#lib/domain/account/user.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { listOpenSessions } from '#lib/store/account/sessions.ts';
import { findUserById, toUserDto } from '#lib/store/account/users.ts';
import type { Call } from '../context.ts';
import { requireUser } from '../require-role.ts';

export const GetOwnAccountInput = z.object({});
export type GetOwnAccountInput = z.input<typeof GetOwnAccountInput>;

/** The caller's own account, and where they are signed in. */
export async function getOwnAccount({ ctx }: Call<GetOwnAccountInput>): Promise<OwnAccountDto> {
  const { userId, by } = requireUser(ctx, 'viewer');
  const user = await findUserById(ctx.db, userId);
  if (user === null) throw new NotFoundError('person');
  const sessions = await listOpenSessions(ctx.db, userId, { limits: ctx.config.sessionLimits, now: ctx.clock.now() });
  return {
    ...toUserDto(user),
    sessions: sessions.map(({ idHash, createdAt, lastSeenAt }) => ({
      id: idHash,
      current: by.kind === 'session' && by.sessionHash === idHash,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
    })),
  };
}
