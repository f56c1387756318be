import { z } from 'zod';
import type { EntraRefusal } from '#lib/domain/account/entra-refusal.ts';

/** Who may sign in through Microsoft Entra ID, set by the operator. Without settings no account is created. */
export interface EntraAdmission {
  /** Every member of the tenant. */
  readonly tenant: boolean;
  /** Object ids of groups, in lower case. */
  readonly groups: ReadonlySet<string>;
  /** Values of app roles of the app registration. */
  readonly roles: ReadonlySet<string>;
  /** Whether guests of the tenant are allowed as well. */
  readonly guests: boolean;
}

/** Claims that decide on admission (Entra docs "ID token claims reference", "Optional claims reference", "Configure group claims", "App roles"). */
export const AdmissionClaims = z.looseObject({
  iss: z.string().optional(),
  /** The tenant that the person signed in to; a guest's home tenant is another. */
  tid: z.string().optional(),
  groups: z.array(z.string()).optional(),
  /** Contains `groups` when there are too many groups for the token (groups overage). */
  _claim_names: z.looseObject({ groups: z.string().optional() }).optional(),
  roles: z.array(z.string()).optional(),
  /** 0 member, 1 guest; an optional claim. */
  acct: z.number().optional(),
  /** Identity provider: absent, the issuer, or an address of the tenant for members; any other value for guests. */
  idp: z.string().optional(),
});
export type AdmissionClaims = z.infer<typeof AdmissionClaims>;

/**
 * Why a person is refused; null: admitted. Without required groups or roles, an existing account is always admitted; with them
 * every sign-in needs one. A token with groups overage counts as without groups; app roles have no such limit.
 */
export function refusalOf(claims: AdmissionClaims, admission: EntraAdmission, hasAccount: boolean): EntraRefusal | null {
  if (isGuest(claims) && !admission.guests) return 'guest';
  if (admission.tenant) return null;
  if (admission.groups.size === 0 && admission.roles.size === 0) return hasAccount ? null : 'no-account';
  const inGroup = (claims.groups ?? []).some((id) => admission.groups.has(id.toLowerCase()));
  if (inGroup || (claims.roles ?? []).some((role) => admission.roles.has(role))) return null;
  return admission.groups.size > 0 && hasGroupsOverage(claims) ? 'groups-left-out' : 'not-allowed';
}

/** Whether a person is in more groups than a token holds, 200 (Entra docs, "Groups overage claim"). */
export function hasGroupsOverage({ _claim_names }: AdmissionClaims): boolean {
  return _claim_names?.groups !== undefined;
}

function isGuest({ acct, idp, iss, tid }: AdmissionClaims): boolean {
  if (acct !== undefined) return acct === 1;
  return idp !== undefined && idp !== iss && !(tid !== undefined && idp.toLowerCase().includes(tid.toLowerCase()));
}

/** Whether a token is from another tenant than the one in the issuer, `https://…/<tenant>/v2.0`; false for other forms of issuers. */
export function isOtherTenant({ tid }: AdmissionClaims, issuer: string): boolean {
  const tenant = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/i.exec(new URL(issuer).pathname)?.[1];
  return tenant !== undefined && tid?.toLowerCase() !== tenant.toLowerCase();
}

/** Parses `tenant`, `group:<object id>` and `role:<value>`, separated by commas. @throws RangeError that names the invalid entry. */
export function parseAdmission(text: string, guests: boolean): EntraAdmission {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const bad = entries.find((entry) => entry !== 'tenant' && !/^(group:[0-9a-f-]{36}|role:\S+)$/i.test(entry));
  if (bad !== undefined) throw new RangeError(`"${bad}" is not one of: tenant, group:<object id>, role:<value>`);
  const valuesOf = (kind: string): string[] =>
    entries.filter((entry) => entry.startsWith(`${kind}:`)).map((entry) => entry.slice(kind.length + 1));
  return {
    tenant: entries.includes('tenant'),
    groups: new Set(valuesOf('group').map((id) => id.toLowerCase())),
    roles: new Set(valuesOf('role')),
    guests,
  };
}
