import type { AuthenticationResult } from '@azure/msal-node';
import type { ConnectionSession } from '#lib/domain/session.ts';
import { ConflictError, RemoteError } from '#lib/platform/errors.ts';
import type { Http } from '#lib/platform/http/http.ts';
import type { ResolvedCloud } from './clouds.ts';
import { createMsalClient } from './msal.ts';
import { defaultScope } from './scopes.ts';
import { type GraphToken, signInApplication, toGraphToken } from './sign-in.ts';

/** Access tokens of one connection. */
export interface TokenProvider {
  /**
   * A token that is good for some minutes at least, refreshed when needed or `force`d. Concurrent callers share one refresh; a rotated
   * refresh token is saved before the access token is handed out.
   * @throws RemoteError `needs-reauthentication` when only a person can help.
   */
  get(options?: { readonly force?: boolean }): Promise<GraphToken>;
}

/** Saves that may be lost to another process before we give up; each time what it saved is loaded and used. */
const SAVES_MAX = 4;

export function createTokenProvider(deps: {
  readonly http: Http;
  readonly cloud: ResolvedCloud;
  readonly session: ConnectionSession;
}): TokenProvider {
  let pending: Promise<GraphToken> | null = null;
  return {
    get({ force = false } = {}) {
      pending ??= acquire(deps, force).finally(() => {
        pending = null;
      });
      return pending;
    },
  };
}

async function acquire(
  { http, cloud, session }: { readonly http: Http; readonly cloud: ResolvedCloud; readonly session: ConnectionSession },
  force: boolean,
): Promise<GraphToken> {
  for (let attempt = 1; ; attempt++) {
    const cache = await session.tokens.load();
    if (session.settings.signIn === 'app-only') return acquireForApplication({ http, cloud, session }, cache, force);
    const client = createMsalClient({ settings: session.settings, cloud, http, cache });
    const [account] = await client.app.getTokenCache().getAllAccounts();
    if (account === undefined) throw signInAgain();
    const result: AuthenticationResult = await client.call(
      (app) =>
        app.acquireTokenSilent({
          account,
          scopes: [defaultScope(cloud.cloud.graphOrigin)],
          forceRefresh: force && attempt === 1,
        }),
      { refresh: true },
    );
    const after = client.serialise();
    if (after === cache || result.fromCache) return toGraphToken(result);
    try {
      await session.tokens.save(after);
      return toGraphToken(result);
    } catch (error) {
      if (!(error instanceof ConflictError) || attempt >= SAVES_MAX) throw error;
    }
  }
}

/** There is nothing to lose: another process that saved its token first is as good, and a saved one only spares a request. */
async function acquireForApplication(
  { http, cloud, session }: { readonly http: Http; readonly cloud: ResolvedCloud; readonly session: ConnectionSession },
  cache: string,
  force: boolean,
): Promise<GraphToken> {
  const { settings, tokens } = session;
  const { token, tokenCache, fromCache } = await signInApplication({ http, cloud, settings }, { cache, renew: force });
  if (fromCache) return token;
  try {
    await tokens.save(tokenCache);
  } catch (error) {
    if (!(error instanceof ConflictError)) throw error;
  }
  return token;
}

function signInAgain(): RemoteError {
  return new RemoteError({
    code: 'needs-reauthentication',
    title: 'This connection has no saved sign-in.',
    remedy: 'Open the connection and authenticate it again.',
    fixer: 'you',
  });
}
