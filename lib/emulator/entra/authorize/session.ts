import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { EmulatorRequest, SignInUser } from '#lib/emulator/contract.ts';
import type { EntraContext } from '#lib/emulator/entra/context.ts';

const COOKIE = 'EMULATOR_SESSION';

const Session = z.object({
  id: z.string(),
  users: z.array(z.object({ id: z.string(), signedInMs: z.number() })),
});

/** People who are signed in to the tenant in this browser. Ends with the browser. */
export interface BrowserSession {
  readonly id: string;
  readonly users: readonly { readonly user: SignInUser; readonly signedInMs: number }[];
}

/** The session of `request`, without people who were revoked, disabled or deleted since. */
export function readSession(context: EntraContext, request: EmulatorRequest): BrowserSession {
  const text = new Map(
    (request.headers['cookie'] ?? '').split(/;\s*/).map((pair): [string, string] => {
      const [name = '', ...value] = pair.split('=');
      return [name, value.join('=')];
    }),
  ).get(COOKIE);
  const opened = text === undefined ? null : context.sealer.open('session', text);
  const parsed = opened?.ok === true ? Session.safeParse(opened.value) : null;
  if (parsed?.success !== true) return { id: randomUUID(), users: [] };
  const users = parsed.data.users.flatMap(({ id, signedInMs }) => {
    const user = context.directory.userById(id);
    const alive = user?.accountEnabled === true && signedInMs > context.state.revokedAt(id);
    return alive ? [{ user, signedInMs }] : [];
  });
  return { id: parsed.data.id, users };
}

/** `session` with `user` as the last one who signed in. */
export function signInTo(session: BrowserSession, user: SignInUser, signedInMs: number): BrowserSession {
  return { ...session, users: [{ user, signedInMs }, ...session.users.filter((entry) => entry.user.id !== user.id)] };
}

/** The `set-cookie` header for `session`; an empty session removes the cookie. */
export function sessionCookie(context: EntraContext, session: BrowserSession): Readonly<Record<string, string>> {
  const attributes = 'Path=/; HttpOnly; SameSite=Lax';
  if (session.users.length === 0) return { 'set-cookie': `${COOKIE}=; ${attributes}; Max-Age=0` };
  const value = { id: session.id, users: session.users.map(({ user, signedInMs }) => ({ id: user.id, signedInMs })) };
  return { 'set-cookie': `${COOKIE}=${context.sealer.seal('session', value)}; ${attributes}` };
}
