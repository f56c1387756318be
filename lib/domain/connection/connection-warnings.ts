import { formatCounted } from '#lib/domain/format.ts';
import type { ConnectionWarning, CredentialKind, SignInMethod } from './connection.ts';

const DAY_MS = 86_400_000;
/** Warn this many days before a credential ends: a replacement often needs another department. */
const CREDENTIAL_WARN_DAYS = 30;
/** Days without use after which Entra ends a refresh token (Entra doc *Refresh tokens in the Microsoft identity platform*). */
export const REFRESH_TOKEN_IDLE_DAYS = 90;
const IDLE_WARN_DAYS = 60;

export interface ConnectionHealthFacts {
  readonly signIn: SignInMethod;
  readonly credential: CredentialKind;
  readonly credentialExpiresAt: Date | null;
  readonly tokensRenewedAt: Date;
}

/** Conditions that stop this connection now or soon, most severe first. */
export function connectionWarnings(facts: ConnectionHealthFacts, now: Date): readonly ConnectionWarning[] {
  return [credentialWarning(facts, now), idleWarning(facts, now)]
    .filter((warning) => warning !== null)
    .sort((a, b) => (a.severity === b.severity ? 0 : a.severity === 'error' ? -1 : 1));
}

function credentialWarning({ credential, credentialExpiresAt }: ConnectionHealthFacts, now: Date): ConnectionWarning | null {
  if (credentialExpiresAt === null) return null;
  const days = Math.floor((credentialExpiresAt.getTime() - now.getTime()) / DAY_MS);
  if (days > CREDENTIAL_WARN_DAYS) return null;
  const what = credential === 'secret' ? 'client secret' : 'certificate';
  const remedy =
    credential === 'secret'
      ? 'Create a new secret under Certificates & secrets of the app registration. Then choose Edit here and paste its Value. Nobody has to sign in again.'
      : 'Choose Edit here, generate a certificate and upload it to the app registration. Nobody has to sign in again.';
  if (days < 0) return { code: 'credential-expired', severity: 'error', title: `The ${what} has expired.`, remedy };
  const when = days === 0 ? 'today' : `in ${formatCounted(days, 'day')}`;
  return { code: 'credential-expires', severity: 'warning', title: `The ${what} expires ${when}.`, remedy };
}

function idleWarning({ signIn, tokensRenewedAt }: ConnectionHealthFacts, now: Date): ConnectionWarning | null {
  if (signIn === 'app-only') return null;
  const idle = Math.floor((now.getTime() - tokensRenewedAt.getTime()) / DAY_MS);
  if (idle < IDLE_WARN_DAYS) return null;
  const over = idle >= REFRESH_TOKEN_IDLE_DAYS;
  return {
    code: 'refresh-token-idle',
    severity: over ? 'error' : 'warning',
    title: over
      ? `The sign-in was not used for ${idle} days and has probably expired.`
      : `The sign-in was not used for ${idle} days; it expires after ${REFRESH_TOKEN_IDLE_DAYS} days without use.`,
    remedy: over
      ? 'Choose Test connection. If Entra refuses the sign-in, authenticate again.'
      : 'Choose Test connection to renew the sign-in.',
  };
}
