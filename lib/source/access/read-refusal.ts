import { anyPermission, type ProbeResult } from '#lib/domain/access/access.ts';
import { GraphError } from '#lib/graph/client/graph-error.ts';
import type { AppError } from '#lib/platform/errors.ts';

export interface RefusedRequest {
  /** Permissions any of which would do, the least one first. */
  readonly needed: readonly string[];
  readonly granted: ReadonlySet<string>;
  /** What the catalogue says the data needs. */
  readonly licence: string | null;
  /** Whether the request was for child objects of a parent: a 404 then means a parent without them. */
  readonly relation: boolean;
}

/** Codes of a missing licence by themselves (graph-facts of Entra ID P1/P2: sign-ins, PIM). */
const LICENCE_CODES: ReadonlySet<string> = new Set([
  'Authentication_RequestFromNonPremiumTenantOrB2CTenant',
  'AadPremiumLicenseRequired',
  'RequestFromNonPremiumTenantOrB2CTenant',
]);

const LICENCE_WORDS = /licen[cs]e|premium|not licensed/i;
/** A path that this cloud's service doesn't know (OData URL conventions 4.01, section 4: unknown segment). */
const SEGMENT_WORDS = /resource not found for the segment|segment/i;

/**
 * What a refusal means. Premium features refuse in three shapes: a code of their own with 403, `AadPremiumLicenseRequired` with 400, and a
 * bare 403 `Forbidden` or `AccessDenied` that only differs from a missing permission by the token having one. Everything that says nothing
 * lasting (throttled, unavailable, unreachable) is `unknown`.
 */
export function readRefusal(error: AppError, request: RefusedRequest): Pick<ProbeResult, 'access' | 'reason' | 'problem'> {
  const { problem } = error;
  if (!(error instanceof GraphError)) return { access: 'unknown', reason: problem.title, problem };
  const message = problem.detail ?? '';
  if (LICENCE_CODES.has(error.graphCode) || (error.status === 403 && LICENCE_WORDS.test(message)))
    return noLicence(error, request);
  if (error.status === 403) {
    const scopes = scopeNotGranted(message);
    const has = request.needed.length === 0 || request.needed.some((name) => request.granted.has(name));
    if (!scopes && has && request.licence !== null && error.graphCode !== 'Authorization_RequestDenied') {
      return noLicence(error, request);
    }
    return noPermission(error, request, has && !scopes);
  }
  if (error.status === 404 && request.relation) return { access: 'granted', reason: null, problem: null };
  if (error.status === 404 || error.status === 501 || (error.status === 400 && SEGMENT_WORDS.test(message))) {
    return { access: 'not-in-cloud', reason: 'Graph in this cloud does not have this resource.', problem };
  }
  return { access: 'unknown', reason: `${problem.title}${message === '' ? '' : ` ${message}`}`, problem };
}

function noLicence({ problem }: GraphError, { licence }: RefusedRequest) {
  const needed = licence ?? 'Microsoft Entra ID P1 or P2';
  const reason = `The tenant has no licence for this data: Graph requires ${needed}.`;
  return { access: 'needs-licence' as const, reason, problem: { ...problem, code: 'missing-licence' as const, title: reason } };
}

function noPermission({ problem }: GraphError, { needed, granted }: RefusedRequest, roleMissing: boolean) {
  const held = needed.find((name) => granted.has(name));
  const reason = roleMissing
    ? `The token has ${held ?? 'the permission'}, but Graph refuses this data to the account that signed in: the account needs a directory role that may read it.`
    : `Graph refuses the request: the token lacks ${anyPermission(needed)}.`;
  return { access: 'missing-permission' as const, reason, problem };
}

/** Some report and PIM services put JSON into the message: `{"errorCode":"PermissionScopeNotGranted",…}`. */
function scopeNotGranted(message: string): boolean {
  return message.includes('PermissionScopeNotGranted');
}
