import type { VerifiedIdentity } from '#lib/domain/connection.ts';
import type { GraphToken } from '#lib/entra/sign-in.ts';
import type { GraphClient } from '#lib/graph/client.ts';
import { GraphError } from '#lib/graph/graph-error.ts';

interface WireOrganization {
  readonly displayName?: string | null;
  readonly verifiedDomains?: readonly { readonly name?: string; readonly isDefault?: boolean }[];
}

/**
 * Who a token stands for, with the tenant's name where the token may read it. One Graph call; where the tenant's Graph has no
 * organization, a second one proves that the token is accepted.
 */
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
  const url = `${graph.baseUrl}/organization?$select=id,displayName,verifiedDomains`;
  const body = await unlessRefused(graph, url, [403, 404], signal);
  if (body === 404) await unlessRefused(graph, `${graph.baseUrl}/me?$select=id`, [403], signal);
  return typeof body === 'number' ? null : ((JSON.parse(body) as { value?: readonly WireOrganization[] }).value?.[0] ?? null);
}

/** The answer's body, or the status when it is one of `tolerated`: without the permission there is no name, but the sign-in holds all the same. */
async function unlessRefused(
  graph: GraphClient,
  url: string,
  tolerated: readonly number[],
  signal: AbortSignal,
): Promise<string | number> {
  try {
    const { body } = await graph.send({ url, signal });
    return Buffer.from(body).toString('utf8');
  } catch (error) {
    if (error instanceof GraphError && tolerated.includes(error.status)) return error.status;
    throw error;
  }
}
