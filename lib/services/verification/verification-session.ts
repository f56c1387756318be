import { createHash } from 'node:crypto';
import type { ClientSettings, SourceConnection } from '#lib/domain/account/session.ts';
import type { VerificationDto } from '#lib/domain/connection/connection.ts';
import type { Context } from '#lib/services/context.ts';
import { openCredential } from '#lib/services/credential/credential.ts';
import { connectionNamesLike, signInOf } from '#lib/store/connection/connections.ts';
import { toVerificationDto, type VerificationRow } from '#lib/store/connection/verifications.ts';
import { unusedName } from '../unused-name.ts';
import { notVerified } from './verification-problems.ts';

/** How long a verification waits for its code, milliseconds (Entra's codes are valid for 10 minutes). */
export const VERIFICATION_MS = 15 * 60_000;

/** Scopes besides `.default`; `offline_access` requests a refresh token. */
export const SIGN_IN_SCOPES = ['openid', 'profile', 'offline_access'] as const;

/** A plain digest: state and code have enough random bits. */
export function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url');
}

/** Scopes for a Graph host: its `.default`, i.e. the permissions of the app registration. */
export function signInScopes(graphBaseUrl: string): readonly string[] {
  return [...SIGN_IN_SCOPES, `${new URL(graphBaseUrl).origin}/.default`];
}

export async function verificationSettings(ctx: Context, row: VerificationRow): Promise<ClientSettings> {
  const { clientId, graphBaseUrl, tenant } = row;
  return { clientId, credential: await openCredential(ctx, row), signIn: signInOf(row), graphBaseUrl, tenant };
}

/** A verified verification as input of operations at the source, before it is a connection. */
export async function verifiedConnection(ctx: Context, row: VerificationRow): Promise<SourceConnection> {
  if (row.status !== 'verified' || row.tokenCacheId === null) throw notVerified();
  return { id: row.id, tokenCacheId: row.tokenCacheId, settings: await verificationSettings(ctx, row) };
}

export async function verificationDto(ctx: Context, row: VerificationRow): Promise<VerificationDto> {
  return toVerificationDto(row, row.identity === null ? null : await suggestName(ctx, row.identity.tenant));
}

async function suggestName(
  ctx: Context,
  tenant: { readonly name: string | null; readonly defaultDomain: string | null },
): Promise<string> {
  const base = (tenant.name ?? tenant.defaultDomain ?? 'Microsoft Entra ID').slice(0, 110);
  return unusedName(base, await connectionNamesLike(ctx.db, base));
}
