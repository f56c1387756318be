import { z } from 'zod';
import type { OwnAccountDto } from '#lib/domain/account/user.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { listOpenSessions } from '#lib/store/account/sessions.ts';
import { findUserById, toUserDto } from '#lib/store/account/users.ts';
import type { Call } from '../context.ts';
import { requirePerson } from '../require-role.ts';

export const GetOwnAccountInput = z.object({});
export type GetOwnAccountInput = z.input<typeof GetOwnAccountInput>;

/** The caller's own account with its sessions. */
export async function getOwnAccount({ ctx }: Call<GetOwnAccountInput>): Promise<OwnAccountDto> {
  const actor = requirePerson(ctx, 'viewer');
  const { userId } = actor;
  const user = await findUserById(ctx.db, userId);
  if (user === null) throw new NotFoundError('person');
  const sessions = await listOpenSessions(ctx.db, userId, { limits: ctx.config.sessionLimits, now: ctx.clock.now() });
  return {
    ...toUserDto(user),
    sessions: sessions.map(({ idHash, createdAt, lastSeenAt }) => ({
      id: idHash,
      current: actor.kind === 'user' && actor.sessionHash === idHash,
      createdAt: createdAt.toISOString(),
      lastSeenAt: lastSeenAt.toISOString(),
    })),
  };
}
