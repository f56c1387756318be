import { createHash } from 'node:crypto';
import type { AccessToken, TokenCredential } from '@azure/identity';
import { AppError, RemoteError } from '#lib/platform/errors.ts';
import { endpointAgents, requireEndpoint, requireIdentityHost } from '#lib/targets/endpoint.ts';
import { refusalOfEntra } from '#lib/targets/entra-refusal.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import type { PostgresPassword, PostgresSettings } from './settings.ts';

/** Microsoft Learn, "Use Microsoft Entra ID for authentication with Azure Database for PostgreSQL", for the public and the national clouds. */
const SCOPES: Readonly<Record<string, string>> = {
  'login.microsoftonline.us': 'https://ossrdbms-aad.database.usgovcloudapi.net/.default',
  'login.chinacloudapi.cn': 'https://ossrdbms-aad.database.chinacloudapi.cn/.default',
  'login.partner.microsoftonline.cn': 'https://ossrdbms-aad.database.chinacloudapi.cn/.default',
};
const PUBLIC_SCOPE = 'https://ossrdbms-aad.database.windows.net/.default';
const AUTHORITY = 'https://login.microsoftonline.com';
/** A token that ends sooner is replaced. It is needed only while the connection is opened. */
const REMAINING_MS_MIN = 5 * 60_000;
const IDENTITIES_MAX = 200;

interface Cached {
  readonly credential: TokenCredential;
  token: Promise<AccessToken> | null;
}

/** By identity and database server; tokens stay in the memory of the process. */
const cache = new Map<string, Cached>();

interface Wanted {
  readonly settings: PostgresSettings;
  readonly secrets: PostgresPassword;
  readonly rules: TargetRules;
}

/**
 * The token of the application or managed identity, which the server takes as the password of a new connection. Kept until five minutes before it
 * ends; connections that are opened at once share one request.
 * @throws AppError `target-host-refused`, `target-identity-refused`, `landing-sign-in-refused`
 */
export async function entraToken({ settings, secrets, rules }: Wanted): Promise<string> {
  const { signIn, tenantId, clientId, host, caPem } = settings;
  const authority = new URL(settings.authority === '' ? AUTHORITY : settings.authority);
  // At each use: the operator's rules may have changed since the target was created.
  if (signIn === 'managed-identity') requireIdentityHost(host, rules);
  else await requireEndpoint(authority, rules);
  // Imported at first use: few targets sign in with a token.
  const { createEntraCredential } = await import('#lib/targets/entra-credential.ts');
  const cached = findCached([settings, secrets, rules.networks], () => {
    if (signIn === 'password') throw new TypeError('A password is no token.');
    const identity = { signIn, tenantId, clientId, authority, ownAuthority: settings.authority !== '', ...secrets };
    return createEntraCredential(identity, endpointAgents(rules, caPem === '' ? null : caPem));
  });
  try {
    const seen = cached.token;
    const known = await seen;
    if (known !== null && known.expiresOnTimestamp - Date.now() > REMAINING_MS_MIN) return known.token;
    // Those that waited for the same old token take the answer of the first.
    if (cached.token === seen) cached.token = askFor(cached.credential, SCOPES[authority.hostname] ?? PUBLIC_SCOPE);
    return (await cached.token)?.token ?? '';
  } catch (error) {
    cached.token = null;
    throw refused(error);
  }
}

function findCached(identity: readonly unknown[], create: () => TokenCredential): Cached {
  const key = createHash('sha256').update(JSON.stringify(identity)).digest('hex');
  const known = cache.get(key);
  if (known !== undefined) return known;
  const [oldest] = cache.keys();
  if (cache.size >= IDENTITIES_MAX && oldest !== undefined) cache.delete(oldest);
  const made = { credential: create(), token: null };
  cache.set(key, made);
  return made;
}

async function askFor(credential: TokenCredential, scope: string): Promise<AccessToken> {
  const token = await credential.getToken(scope);
  if (token === null) throw new Error('The identity has no token.');
  return token;
}

/** Contains what Entra said, and no token or secret. */
function refused(error: unknown): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  // The agents refuse a host with an AppError, which the library wraps.
  if (error.cause instanceof AppError) return error.cause;
  const problem = { code: 'landing-sign-in-refused', ...refusalOfEntra(error, 'the database'), fixer: 'you' } as const;
  return new RemoteError(problem, { cause: error });
}
