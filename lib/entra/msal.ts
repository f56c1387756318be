import {
  ConfidentialClientApplication,
  type INetworkModule,
  type NetworkRequestOptions,
  type NetworkResponse,
} from '@azure/msal-node';
import type { ClientSettings } from '#lib/domain/account/session.ts';
import { RemoteError } from '#lib/platform/errors.ts';
import { jsonOf } from '#lib/platform/http/content.ts';
import type { Http, HttpResponse } from '#lib/platform/http/http.ts';
import { findIntermediaryResponse } from '#lib/platform/http/intermediary-response.ts';
import type { ResolvedCloud } from './clouds.ts';
import { authorityUnreachable, toEntraError } from './entra-problem.ts';

/** One MSAL application and the error of its transport. */
export interface MsalClient {
  readonly app: ConfidentialClientApplication;
  /** Runs an MSAL call and converts its errors to AppErrors. */
  call<T>(work: (app: ConfidentialClientApplication) => Promise<T>, kind: { readonly refresh: boolean }): Promise<T>;
  serialise(): string;
}

export interface MsalOptions {
  readonly settings: ClientSettings;
  readonly cloud: ResolvedCloud;
  readonly http: Http;
  /** Serialised token cache to begin with. */
  readonly cache?: string;
}

const TIMEOUT_MS = 20_000;
const BYTES_MAX = 2 ** 20;

/**
 * A new MSAL application: one per operation, since an instance that saw a 429 or 5xx refuses further requests locally for a minute.
 * `knownAuthorities` keeps MSAL from asking Microsoft's public cloud about hosts that it doesn't know.
 */
export async function createMsalClient({ settings, cloud, http, cache }: MsalOptions): Promise<MsalClient> {
  const authority = `${cloud.cloud.authorityOrigin}/${settings.tenant}`;
  const transport = createTransport(http, cloud.cloud.authorityOrigin);
  const app = new ConfidentialClientApplication({
    auth: {
      clientId: settings.clientId,
      ...credentialOf(settings),
      ...(await authorityOf(authority, transport.module)),
      knownAuthorities: [new URL(authority).host],
    },
    system: { networkClient: transport.module },
  });
  const tokens = app.getTokenCache();
  if (cache !== undefined) tokens.deserialize(cache);
  return {
    app,
    serialise: () => tokens.serialize(),
    async call(work, kind) {
      try {
        return await work(app);
      } catch (error) {
        // MSAL wraps the transport's errors and drops their problems.
        throw transport.failure() ?? toEntraError(error, kind);
      }
    },
  };
}

/**
 * MSAL accepts no http authority, not even on this machine, but accepts http endpoints. For such an authority, which only the operator can
 * list, the metadata is read here.
 */
async function authorityOf(
  authority: string,
  network: INetworkModule,
): Promise<{ readonly authority: string; readonly authorityMetadata?: string }> {
  if (!authority.startsWith('http:')) return { authority };
  const { status, body } = await network.sendGetRequestAsync<unknown>(`${authority}/v2.0/.well-known/openid-configuration`);
  if (status !== 200) throw authorityUnreachable();
  return { authority: authority.replace('http:', 'https:'), authorityMetadata: JSON.stringify(body) };
}

/** A certificate authenticates the client by a signed assertion (RFC 7523 section 2.2), a secret directly. */
function credentialOf({ credential }: ClientSettings) {
  if (credential.kind === 'secret') return { clientSecret: credential.secret };
  return { clientCertificate: { thumbprintSha256: credential.thumbprintSha256, privateKey: credential.privateKeyPem } };
}

/** @param authorityOrigin the one origin that may be asked: its metadata could name a token endpoint elsewhere, which would get the secret. */
function createTransport(http: Http, authorityOrigin: string): { readonly module: INetworkModule; failure(): Error | null } {
  let failure: Error | null = null;
  async function send<T>(method: 'GET' | 'POST', url: string, options?: NetworkRequestOptions): Promise<NetworkResponse<T>> {
    const signal = AbortSignal.timeout(TIMEOUT_MS);
    try {
      if (new URL(url).origin !== authorityOrigin) throw endpointElsewhere(url, authorityOrigin);
      const response = await http.send({
        method,
        url,
        headers: options?.headers ?? {},
        signal,
        bytesMax: BYTES_MAX,
        ...(options?.body === undefined ? {} : { body: options.body }),
      });
      return { headers: { ...response.headers }, status: response.status, body: parse<T>(response, url) };
    } catch (error) {
      failure = signal.aborted ? tooSlow(url, error) : (error as Error);
      throw failure;
    }
  }
  return {
    module: {
      sendGetRequestAsync: (url, options) => send('GET', url, options),
      sendPostRequestAsync: (url, options) => send('POST', url, options),
    },
    failure: () => failure,
  };
}

function endpointElsewhere(url: string, authorityOrigin: string): RemoteError {
  return new RemoteError({
    code: 'endpoint-elsewhere',
    title: `${new URL(authorityOrigin).host} names an endpoint on another host, ${new URL(url).host}. Entrada sent nothing to it.`,
    remedy: 'Check the authorityOrigin of this cloud in ENTRADA_EXTRA_CLOUDS, and whether a proxy rewrites its answers.',
    fixer: 'operator',
  });
}

function tooSlow(url: string, cause: unknown): RemoteError {
  const { host } = new URL(url);
  return new RemoteError(
    {
      code: 'timed-out',
      title: `${host} did not answer within ${TIMEOUT_MS / 1000} s.`,
      remedy: 'Try again. If the problem persists, check the network between Entrada and this host.',
      fixer: 'operator',
    },
    { cause, retry: 'backoff' },
  );
}

/** @throws IntermediaryResponseError for an answer that Entra did not send; RemoteError for a damaged answer of Entra. */
function parse<T>(response: HttpResponse, url: string): T {
  const foreign = findIntermediaryResponse(response, { url, service: 'Microsoft Entra ID', expects: 'json' });
  if (foreign !== null) throw foreign;
  try {
    return jsonOf(response.body) as T;
  } catch (cause) {
    throw new RemoteError(
      {
        code: 'entra-unavailable',
        title: `${new URL(url).host} sent an answer that Entrada cannot read (status ${response.status}).`,
        remedy: 'Try again later. If the problem persists, check the Graph Base URL and the network.',
        fixer: 'operator',
        reference: { httpStatus: response.status, timestamp: response.headers['date'] ?? new Date().toISOString() },
      },
      { cause, retry: 'backoff' },
    );
  }
}
