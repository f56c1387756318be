import { z } from 'zod';
import type { EmulatorResponse } from '../contract.ts';
import { IntermediaryAnswer, intermediaryAnswer } from '../graph/faults/intermediary.ts';
import { OauthError } from './token/oauth-error.ts';

/** A planned fault of the token endpoint. */
export const TokenFault = z.object({
  /**
   * `status`: an OAuth error with that status; `html`: a proxy's page; `hang`: no answer; `aadsts`: an error number; `intermediary`: the answer in
   * `as`.
   */
  kind: z.enum(['status', 'html', 'hang', 'aadsts', 'intermediary']),
  as: IntermediaryAnswer.default('page'),
  status: z.number().int().min(400).max(599).optional(),
  retryAfterSeconds: z.number().int().min(0).optional(),
  aadsts: z.number().int().optional(),
  error: z.string().optional(),
  suberror: z.string().optional(),
  text: z.string().optional(),
  /** Number of calls with this fault. */
  times: z.number().int().min(1).default(1),
});
export type TokenFault = z.input<typeof TokenFault>;

/** A planned refusal of the authorize endpoint. */
export const AuthorizeFault = z.object({
  aadsts: z.number().int(),
  text: z.string(),
  /** OAuth error code; default: that of the number. */
  error: z.string().optional(),
  /** `reply`: redirects to the redirect URI with `error=`; `page`: Entra's own error page, without a redirect. */
  where: z.enum(['reply', 'page']),
  times: z.number().int().min(1).default(1),
});
export type AuthorizeFault = z.input<typeof AuthorizeFault>;

/** How access tokens differ from Entra's; default: not at all. */
export const AccessTokenFault = z
  .object({
    /**
     * Tokens contain neither `scp` nor `roles`, and answers no `scope` (RFC 6749 section 5.1 makes it optional), like some clouds and
     * Entra-compatible servers. Graph still knows the granted permissions.
     */
    noPermissions: z.boolean().default(false),
    /** Revoked permissions: tokens that are issued from now on lack them. */
    withoutPermissions: z.array(z.string()).default([]),
  })
  .strict();
export type AccessTokenFault = z.infer<typeof AccessTokenFault>;

/** Planned faults of the Entra half, in order. */
export interface EntraFaults {
  /** Replaces the plan; an empty list removes all faults. */
  plan(faults: readonly TokenFault[]): void;
  /** Planned faults of the token endpoint that have not occurred yet. */
  left(): readonly TokenFault[];
  /** The fault of this token call: throws, or returns the answer; null: no fault. */
  next(signal: Promise<void>): Promise<EmulatorResponse | null>;
  readonly accessTokens: AccessTokenFault;
  /** Sets how access tokens differ from Entra's; null restores them. */
  setAccessTokens(fault: z.input<typeof AccessTokenFault> | null): void;
  planAuthorize(faults: readonly AuthorizeFault[]): void;
  /** The refusal of this authorize request; null: none. */
  nextAuthorize(): { readonly where: 'reply' | 'page'; readonly error: OauthError } | null;
}

const HTML = '<!DOCTYPE html><html><head><title>Proxy</title></head><body><h1>502 Bad Gateway</h1></body></html>';

/** Faults, initially none. */
export function createEntraFaults(): EntraFaults {
  let planned: z.infer<typeof TokenFault>[] = [];
  let refusals: z.infer<typeof AuthorizeFault>[] = [];
  let accessTokens = AccessTokenFault.parse({});
  return {
    get accessTokens() {
      return accessTokens;
    },
    setAccessTokens: (fault) => {
      accessTokens = AccessTokenFault.parse(fault ?? {});
    },
    plan: (faults) => {
      planned = faults.map((fault) => TokenFault.parse(fault));
    },
    left: () => planned,
    planAuthorize: (faults) => {
      refusals = faults.map((fault) => AuthorizeFault.parse(fault));
    },
    nextAuthorize: () => {
      const fault = refusals[0];
      if (fault === undefined) return null;
      fault.times -= 1;
      if (fault.times <= 0) refusals = refusals.slice(1);
      const { where, aadsts, text, error } = fault;
      return { where, error: new OauthError(aadsts, text, error === undefined ? {} : { error }) };
    },
    next: async (stopped) => {
      const fault = planned[0];
      if (fault === undefined) return null;
      fault.times -= 1;
      if (fault.times <= 0) planned = planned.slice(1);
      switch (fault.kind) {
        case 'html':
          return { status: fault.status ?? 502, headers: { 'content-type': 'text/html; charset=utf-8' }, body: HTML };
        case 'intermediary':
          return intermediaryAnswer(fault.as);
        case 'hang':
          await stopped;
          return { status: 503, headers: {}, body: null };
        case 'aadsts':
        case 'status':
          throw toError(fault);
      }
    },
  };
}

function toError(fault: z.infer<typeof TokenFault>): OauthError {
  const busy = fault.status === 429 ? 90055 : 90033;
  return new OauthError(fault.aadsts ?? busy, fault.text ?? 'A transient error has occurred. Please try again.', {
    ...(fault.error === undefined ? {} : { error: fault.error }),
    ...(fault.status === undefined ? {} : { status: fault.status }),
    ...(fault.suberror === undefined ? {} : { suberror: fault.suberror }),
    ...(fault.retryAfterSeconds === undefined ? {} : { retryAfterSeconds: fault.retryAfterSeconds }),
  });
}
