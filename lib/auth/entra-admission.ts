import { z } from 'zod';

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

/** Claims that admission looks at (Entra docs "ID token claims", "Optional claims", "Configure group claims", "App roles"). */
export const AdmissionClaims = z.looseObject({
  groups: z.array(z.string()).optional(),
  roles: z.array(z.string()).optional(),
  /** 0 member, 1 guest; an optional claim. */
  acct: z.number().optional(),
  /** Who signed the person in, where that was not the tenant itself: of guests alone. */
  idp: z.string().optional(),
});
export type AdmissionClaims = z.infer<typeof AdmissionClaims>;

/**
 * Whether a person of the issuer's tenant may come in. Somebody who has an account keeps it while no group or role is asked for; with groups
 * or roles everybody needs one at each sign-in. A token that leaves its groups out, since they are too many, has none: app roles have no such limit.
 */
export function isAdmitted(claims: AdmissionClaims, admission: EntraAdmission, hasAccount: boolean): boolean {
  if (isGuest(claims) && !admission.guests) return false;
  if (admission.tenant) return true;
  if (admission.groups.size === 0 && admission.roles.size === 0) return hasAccount;
  const inGroup = (claims.groups ?? []).some((id) => admission.groups.has(id.toLowerCase()));
  return inGroup || (claims.roles ?? []).some((role) => admission.roles.has(role));
}

function isGuest({ acct, idp }: AdmissionClaims): boolean {
  return acct === 1 || (acct === undefined && idp !== undefined);
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
