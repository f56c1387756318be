import { z } from 'zod';
import type { EntraRefusal } from '#lib/domain/account/entra-refusal.ts';

/** Who may come in through Microsoft Entra ID, as the operator says: nobody new while nothing is said. */
export interface EntraAdmission {
  /** Every member of the tenant. */
  readonly tenant: boolean;
  /** Object ids of groups, in lower case. */
  readonly groups: ReadonlySet<string>;
  /** Values of app roles of the registration. */
  readonly roles: ReadonlySet<string>;
  /** Guests of the tenant as well. */
  readonly guests: boolean;
}

/** Claims that admission looks at (Entra docs "ID token claims reference", "Optional claims reference", "Configure group claims", "App roles"). */
export const AdmissionClaims = z.looseObject({
  iss: z.string().optional(),
  /** The tenant that the person signed in to; a guest's own is another. */
  tid: z.string().optional(),
  groups: z.array(z.string()).optional(),
  /** Names `groups` when they are too many for the token and have to be asked for elsewhere. */
  _claim_names: z.looseObject({ groups: z.string().optional() }).optional(),
  roles: z.array(z.string()).optional(),
  /** 0 member, 1 guest; an optional claim. */
  acct: z.number().optional(),
  /** Who signed the person in: left out, the issuer, or an address of the tenant for members; anything else for guests. */
  idp: z.string().optional(),
});
export type AdmissionClaims = z.infer<typeof AdmissionClaims>;

/**
 * Why a person may not come in; null: they may. Somebody who has an account keeps it while no group or role is asked for; with groups
 * or roles everybody needs one at each sign-in. A token that leaves its groups out has none: app roles have no such limit.
 */
export function refusalOf(claims: AdmissionClaims, admission: EntraAdmission, hasAccount: boolean): EntraRefusal | null {
  if (isGuest(claims) && !admission.guests) return 'guest';
  if (admission.tenant) return null;
  if (admission.groups.size === 0 && admission.roles.size === 0) return hasAccount ? null : 'no-account';
  const inGroup = (claims.groups ?? []).some((id) => admission.groups.has(id.toLowerCase()));
  if (inGroup || (claims.roles ?? []).some((role) => admission.roles.has(role))) return null;
  return admission.groups.size > 0 && claims._claim_names?.groups !== undefined ? 'groups-left-out' : 'not-allowed';
}

function isGuest({ acct, idp, iss, tid }: AdmissionClaims): boolean {
  if (acct !== undefined) return acct === 1;
  return idp !== undefined && idp !== iss && !(tid !== undefined && idp.toLowerCase().includes(tid.toLowerCase()));
}

/** Whether a token is of another tenant than the one its issuer names, `https://…/<tenant>/v2.0`; other issuers name none. */
export function isOtherTenant({ tid }: AdmissionClaims, issuer: string): boolean {
  const tenant = /\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})(?:\/|$)/i.exec(new URL(issuer).pathname)?.[1];
  return tenant !== undefined && tid?.toLowerCase() !== tenant.toLowerCase();
}

/** Reads `tenant`, `group:<object id>` and `role:<value>`, apart by commas. @throws RangeError that names the entry. */
export function parseAdmission(text: string, guests: boolean): EntraAdmission {
  const entries = text
    .split(',')
    .map((entry) => entry.trim())
    .filter((entry) => entry !== '');
  const bad = entries.find((entry) => entry !== 'tenant' && !/^(group:[0-9a-f-]{36}|role:\S+)$/i.test(entry));
  if (bad !== undefined) throw new RangeError(`"${bad}" is none of tenant, group:<object id>, role:<value>`);
  const valuesOf = (kind: string): string[] =>
    entries.filter((entry) => entry.startsWith(`${kind}:`)).map((entry) => entry.slice(kind.length + 1));
  return {
    tenant: entries.includes('tenant'),
    groups: new Set(valuesOf('group').map((id) => id.toLowerCase())),
    roles: new Set(valuesOf('role')),
    guests,
  };
}
