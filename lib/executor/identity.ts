import type { VerifiedIdentity } from '#lib/domain/connection.ts';
import type { GraphToken } from '#lib/entra/sign-in.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { GraphError } from '#lib/graph/graph-error.ts';

interface WireOrganization {
  readonly displayName?: string | null;
  readonly verifiedDomains?: readonly { readonly name?: string; readonly isDefault?: boolean }[];
}

/** Who a token stands for, with the tenant's name where the token may read it. One Graph call. */
export async function describeIdentity(graph: GraphClient, token: GraphToken, signal: AbortSignal): Promise<VerifiedIdentity> {
  const organization = await readOrganization(graph, signal);
  return {
    account: token.account,
    tenant: {
      id: token.tenantId,
      name: organization?.displayName ?? null,
      defaultDomain: organization?.verifiedDomains?.find((domain) => domain.isDefault === true)?.name ?? null,
    },
    permissions: token.permissions,
  };
}

async function readOrganization(graph: GraphClient, signal: AbortSignal): Promise<WireOrganization | null> {
  try {
    const { body } = await graph.send({ url: `${graph.baseUrl}/organization?$select=id,displayName,verifiedDomains`, signal });
    const { value } = JSON.parse(Buffer.from(body).toString('utf8')) as { value?: readonly WireOrganization[] };
    return value?.[0] ?? null;
  } catch (error) {
    // Without the permission there is no name, but the sign-in holds all the same.
    if (error instanceof GraphError && error.status === 403) return null;
    throw error;
  }
}
