import {
  AuthenticationHandler,
  Client,
  type Context,
  type Middleware,
  PageIterator,
  RetryHandler,
} from '@microsoft/microsoft-graph-client';
import { Agent, fetch as undiciFetch } from 'undici';

/** Values for an independent reader of the tenant. */
export interface TenantAccess {
  readonly graphBaseUrl: string;
  readonly authority: string;
  readonly tenantId: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly caPem: string;
}

export type GraphRow = Readonly<Record<string, unknown>>;

/** The last middleware of the SDK, with a connection that trusts the demo tenant's CA. */
class TrustingTransport implements Middleware {
  readonly #dispatcher: Agent;

  constructor(caPem: string) {
    this.#dispatcher = new Agent({ connect: { ca: caPem } });
  }

  async execute(context: Context): Promise<void> {
    const url = typeof context.request === 'string' ? context.request : context.request.url;
    const headers = new Headers(context.options?.headers as HeadersInit);
    const response = await undiciFetch(url, {
      method: context.options?.method ?? 'GET',
      headers: Object.fromEntries(headers),
      body: (context.options?.body as string | undefined) ?? null,
      dispatcher: this.#dispatcher,
    });
    context.response = response as unknown as Response;
  }
}

/** Microsoft's own Graph SDK, signed in as the app itself (client credentials, RFC 6749 section 4.4). */
export async function createSdkClient(tenant: TenantAccess): Promise<Client> {
  const transport = new TrustingTransport(tenant.caPem);
  const accessToken = await fetchAppToken(tenant);
  const authentication = new AuthenticationHandler({ getAccessToken: async () => accessToken });
  const base = new URL(tenant.graphBaseUrl);
  return Client.initWithMiddleware({
    middleware: [authentication, new RetryHandler(), transport],
    baseUrl: `${base.origin}/`,
    defaultVersion: base.pathname.slice(1),
    customHosts: new Set([base.hostname]),
  });
}

/** All rows of a collection, read with the SDK's PageIterator. */
export async function readAllRows(
  client: Client,
  path: string,
  headers: Readonly<Record<string, string>> = {},
): Promise<GraphRow[]> {
  const rows: GraphRow[] = [];
  const first = await client.api(path).headers(headers).get();
  const iterator = new PageIterator(
    client,
    first,
    (row: GraphRow) => {
      rows.push(row);
      return true;
    },
    { headers },
  );
  await iterator.iterate();
  return rows;
}

/** An app-only token for Graph. */
export async function fetchAppToken(tenant: TenantAccess): Promise<string> {
  const response = await undiciFetch(`${tenant.authority}/${tenant.tenantId}/oauth2/v2.0/token`, {
    method: 'POST',
    headers: { 'content-type': 'application/x-www-form-urlencoded' },
    body: new URLSearchParams({
      grant_type: 'client_credentials',
      client_id: tenant.clientId,
      client_secret: tenant.clientSecret,
      scope: `${new URL(tenant.graphBaseUrl).origin}/.default`,
    }).toString(),
    dispatcher: new Agent({ connect: { ca: tenant.caPem } }),
  });
  const answer = (await response.json()) as { access_token?: string; error_description?: string };
  if (answer.access_token === undefined) throw new Error(`No token for the SDK: ${answer.error_description ?? response.status}`);
  return answer.access_token;
}
