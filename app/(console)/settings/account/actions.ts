'use server';

import { z } from 'zod';
import { ChangeOwnPasswordInput, changeOwnPassword } from '#lib/services/password/change-own-password.ts';
import { EndOwnSessionInput, endOwnSession } from '#lib/services/user/end-own-session.ts';
import { EndOwnSessionsInput, endOwnSessions } from '#lib/services/user/end-own-sessions.ts';
import { defineAction } from '#lib/web/action.ts';
import { provePassword, signInWithPassword, signOutHere } from '#lib/web/sign-in.ts';

/** Changes the password, ends all sessions, and starts a new one in this browser. */
export const changeOwnPasswordAction = defineAction(
  'viewer',
  ChangeOwnPasswordInput.extend({ current: z.string().max(256) }),
  async (ctx, { current, password }) => {
    await changeOwnPassword({ ctx: await provePassword(ctx, current), input: { password } });
    await signInWithPassword({ email: ctx.actor.email, password });
    return null;
  },
);

export const endOwnSessionsAction = defineAction('viewer', EndOwnSessionsInput, async (ctx, input): Promise<null> => {
  await endOwnSessions({ ctx, input });
  return signOutHere();
});

export const endOwnSessionAction = defineAction('viewer', EndOwnSessionInput, (ctx, input) => endOwnSession({ ctx, input }));
