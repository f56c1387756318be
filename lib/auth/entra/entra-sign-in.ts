import { z } from 'zod';
import type { EntraRefusal } from '#lib/domain/account/entra-refusal.ts';
import { type EntraRoleRule, roleByRules } from '#lib/domain/account/entra-role-rule.ts';
import type { Role } from '#lib/domain/account/role.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Log } from '#lib/platform/log.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { listEntraRoleRules } from '#lib/store/account/entra-role-rules.ts';
import { findUserByEntraObjectId } from '#lib/store/account/users.ts';
import { entraAccount } from './entra-account.ts';
import { AdmissionClaims, type EntraAdmission, hasGroupsOverage, isOtherTenant, refusalOf } from './entra-admission.ts';
import { createIdTokenVerifier, type VerifyIdToken } from './id-token.ts';
import type { IssuerFetch } from './issuer-fetch.ts';

export interface EntraProviderSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** `https://…/<tenant>/v2.0`: a single tenant. */
  readonly issuer: string;
  /** Who may sign in. */
  readonly admission: EntraAdmission;
  readonly fetch: IssuerFetch;
}

/** Sign-in with Microsoft as configured; one instance per process, since it caches the issuer's keys. */
export interface EntraProvider extends EntraProviderSettings {
  readonly verify: VerifyIdToken;
}

export function createEntraProvider(settings: EntraProviderSettings): EntraProvider {
  return { ...settings, verify: createIdTokenVerifier(settings) };
}

/** Claims of an ID token of Entra (Entra docs, "ID token claims reference"). */
export const EntraClaims = AdmissionClaims.extend({
  sub: z.string(),
  oid: z.string(),
  email: z.string().optional(),
  preferred_username: z.string().optional(),
  name: z.string().optional(),
  /** Time of authentication, seconds since 1970; an optional claim of the app registration. */
  auth_time: z.number().optional(),
});
export type EntraClaims = z.infer<typeof EntraClaims>;

/**
 * Admits a person that the issuer authenticated, and creates their account if necessary.
 * @returns the reason for a refusal; null: admitted.
 */
export async function admitByEntra(
  deps: { readonly db: Db; readonly clock: Clock; readonly log: Log; readonly entra: EntraProvider },
  idToken: string | undefined,
): Promise<EntraRefusal | null> {
  const refusal = await refuseOrAdmit(deps, idToken);
  if (refusal !== null) deps.log.warn({ refusal }, 'sign-in with Microsoft refused');
  return refusal;
}

async function refuseOrAdmit(
  deps: { readonly db: Db; readonly clock: Clock; readonly log: Log; readonly entra: EntraProvider },
  idToken: string | undefined,
): Promise<EntraRefusal | null> {
  const payload = await deps.entra.verify(idToken ?? '').catch((err: unknown) => deps.log.error({ err }, 'ID token refused'));
  if (payload === undefined) return 'token-refused';
  const claims = EntraClaims.safeParse(payload).data;
  if (claims === undefined) return 'claims-missing';
  if (isOtherTenant(claims, deps.entra.issuer)) return 'other-tenant';
  const known = await findUserByEntraObjectId(deps.db, claims.oid);
  if (known?.disabled === true) return 'disabled';
  const rules = await listEntraRoleRules(deps.db);
  const role = roleByRules(rules, claims);
  const refusal =
    refusalOf(claims, deps.entra.admission, known !== null || rules.length > 0) ?? refusedByRules(rules, role, claims);
  if (refusal !== null) return refusal;
  const email = claims.email ?? claims.preferred_username;
  if (email === undefined) return 'claims-missing';
  const account = await entraAccount(deps, { objectId: claims.oid, email, name: claims.name ?? null }, role);
  return typeof account === 'string' ? account : null;
}

/** With rules, everybody needs a role of theirs at each sign-in. */
function refusedByRules(rules: readonly EntraRoleRule[], role: Role | null, claims: EntraClaims): EntraRefusal | null {
  if (rules.length === 0 || role !== null) return null;
  return hasGroupsOverage(claims) && rules.some(({ kind }) => kind === 'group') ? 'groups-left-out' : 'no-role';
}
