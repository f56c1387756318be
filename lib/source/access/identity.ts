import { z } from 'zod';
import type { VerifiedIdentity } from '#lib/domain/connection/connection.ts';
import type { GraphToken } from '#lib/entra/sign-in.ts';
import { readAs } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';

const WireOrganization = z.object({
  displayName: z.string().nullish().catch(null),
  verifiedDomains: z
    .array(z.object({ name: z.string().optional(), isDefault: z.boolean().nullish() }))
    .nullish()
    .catch(null),
});
const WireOrganizations = z.object({ value: z.array(WireOrganization) });

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

async function readOrganization(graph: GraphClient, signal: AbortSignal): Promise<z.infer<typeof WireOrganization> | null> {
  const url = `${graph.baseUrl}/organization?$select=id,displayName,verifiedDomains`;
  const body = await unlessRefused(graph, url, [403, 404], signal);
  if (body === 404) await unlessRefused(graph, `${graph.baseUrl}/me?$select=id`, [403], signal);
  return typeof body === 'number' ? null : (readAs(body, WireOrganizations).value[0] ?? null);
}

/** The answer's body, or the status when it is one of `tolerated`: without the permission there is no name, but the sign-in holds all the same. */
async function unlessRefused(
  graph: GraphClient,
  url: string,
  tolerated: readonly number[],
  signal: AbortSignal,
): Promise<Uint8Array | number> {
  try {
    return (await graph.send({ url, signal })).body;
  } catch (error) {
    if (error instanceof GraphError && tolerated.includes(error.status)) return error.status;
    throw error;
  }
}
