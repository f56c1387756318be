import { z } from 'zod';
import type { ClientSettings } from '#lib/domain/account/session.ts';
import { readAs } from '#lib/graph/client/answer.ts';
import type { GraphClient } from '#lib/graph/client/client.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import { AppError } from '#lib/platform/errors.ts';

const Credential = z.object({ endDateTime: z.string().nullish() });
const WireApplication = z.object({
  /** Graph doc *passwordCredential*: `hint` holds the first three characters of the secret. */
  passwordCredentials: z.array(Credential.extend({ hint: z.string().nullish() })).default([]),
  /** Graph doc *keyCredential*: `customKeyIdentifier` is the SHA-1 thumbprint, base64 (hex in older entries). */
  keyCredentials: z.array(Credential.extend({ customKeyIdentifier: z.string().nullish() })).default([]),
});

/**
 * When the credential ends, according to the app registration; null where the token may not read it (Application.Read.All), or where the
 * registration is in another tenant. Of several secrets that begin alike the first to end counts: a warning too early does no harm.
 */
export async function readCredentialExpiry(
  graph: GraphClient,
  settings: ClientSettings,
  signal: AbortSignal,
): Promise<Date | null> {
  try {
    const url = `${graph.baseUrl}/applications(appId='${settings.clientId}')?$select=passwordCredentials,keyCredentials`;
    const { body } = await graph.send({ url, signal });
    return earliest(matching(readAs(body, WireApplication), settings));
  } catch (error) {
    if (error instanceof GraphError || (error instanceof AppError && error.code === 'answer-not-understood')) return null;
    throw error;
  }
}

function matching(
  application: z.infer<typeof WireApplication>,
  { credential }: ClientSettings,
): readonly (string | null | undefined)[] {
  if (credential.kind === 'secret') {
    const hint = credential.secret.slice(0, 3);
    return application.passwordCredentials.filter((known) => known.hint === hint).map((known) => known.endDateTime);
  }
  const hex = credential.thumbprintSha1.toUpperCase();
  const names = new Set([hex, Buffer.from(hex, 'hex').toString('base64')]);
  return application.keyCredentials
    .filter((known) => names.has(known.customKeyIdentifier ?? '') || names.has(known.customKeyIdentifier?.toUpperCase() ?? ''))
    .map((known) => known.endDateTime);
}

function earliest(times: readonly (string | null | undefined)[]): Date | null {
  const known = times.flatMap((text) => (text == null || Number.isNaN(Date.parse(text)) ? [] : [Date.parse(text)]));
  return known.length === 0 ? null : new Date(Math.min(...known));
}
