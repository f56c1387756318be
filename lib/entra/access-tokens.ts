import type { ClientSettings, TokenCacheStore } from '#lib/domain/account/session.ts';
import type { Clock } from '#lib/platform/clock.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import type { Http } from '#lib/platform/http/http.ts';
import type { ResolvedCloud } from './clouds.ts';
import { createMsalClient } from './msal.ts';
import { defaultScope } from './scopes.ts';
import { type GraphToken, signInApplication, toGraphToken } from './sign-in.ts';

/** Access tokens of one connection: the port by which operations at the source get them. */
export interface AccessTokens {
  /**
   * A token that is good for some minutes at least, refreshed when needed or `force`d. Concurrent callers share one refresh; a rotated
   * refresh token is saved before the access token is handed out.
   * @throws RemoteError `needs-reauthentication` when a person has to sign in again.
   */
  get(options?: AccessTokenRequest): Promise<GraphToken>;
}

export interface AccessTokenRequest {
  /** Requests a new token although the last one has not expired. */
  readonly force?: boolean;
  /** The access token that was refused: a newer one needs no renewal. */
  readonly refused?: string;
  /** Claims that Graph requires in it (continuous access evaluation), JSON. */
  readonly claims?: string;
}

/** A token is renewed when it has less left than this, milliseconds (MSAL's own offset is 5 minutes). */
const LEFT_MIN_MS = 5 * 60_000;

export function createAccessTokens(deps: AccessTokensDeps): AccessTokens {
  let pending: Promise<GraphToken> | null = null;
  let current: GraphToken | null = null;
  return {
    async get({ force = false, refused, claims } = {}) {
      const renewed = refused !== undefined && current !== null && current.accessToken !== refused;
      if ((!force || renewed) && current !== null && current.expiresAt.getTime() - deps.clock.now().getTime() > LEFT_MIN_MS)
        return current;
      pending ??= renew(deps, force ? current : null, { force, claims }).finally(() => {
        pending = null;
      });
      current = await pending;
      return current;
    },
  };
}

export interface AccessTokensDeps {
  readonly http: Http;
  readonly cloud: ResolvedCloud;
  readonly settings: ClientSettings;
  readonly cache: TokenCacheStore;
  readonly clock: Clock;
}

/**
 * A token of the saved cache, or a new one. When `force` is set and another process has already replaced `refused`, that newer token is
 * returned without another renewal.
 */
async function renew(deps: AccessTokensDeps, refused: GraphToken | null, request: RenewalRequest): Promise<GraphToken> {
  return deps.cache.renew(async (cache) => {
    if (!request.force || refused === null) return acquire(deps, cache, request);
    const saved = await acquire(deps, cache, { force: false, claims: undefined });
    return saved.value.accessToken === refused.accessToken ? acquire(deps, cache, request) : saved;
  });
}

interface RenewalRequest {
  readonly force: boolean;
  readonly claims: string | undefined;
}

async function acquire({ http, cloud, settings }: AccessTokensDeps, cache: string, { force, claims }: RenewalRequest) {
  const asked = claims === undefined ? {} : { claims };
  if (settings.signIn === 'app-only') {
    const { token, tokenCache } = await signInApplication({ http, cloud, settings }, { cache, renew: force, ...asked });
    return { value: token, serialised: tokenCache };
  }
  const client = await createMsalClient({ settings, cloud, http, cache });
  const [account] = await client.app.getTokenCache().getAllAccounts();
  if (account === undefined) throw signInAgain();
  const scopes = [defaultScope(cloud.cloud.graphOrigin)];
  const result = await client.call((app) => app.acquireTokenSilent({ account, scopes, forceRefresh: force, ...asked }), {
    refresh: true,
  });
  return { value: toGraphToken(result), serialised: result.fromCache ? cache : client.serialise() };
}

function signInAgain(): RemoteError {
  return new RemoteError({
    code: 'needs-reauthentication',
    title: 'This connection has no saved sign-in.',
    remedy: 'Open the connection and authenticate it again.',
    fixer: 'you',
  });
}
