import { randomUUID } from 'node:crypto';
import type { EmulatorResponse } from '#lib/emulator/contract.ts';

/** OAuth error code and HTTP status of an AADSTS number; default 400. */
interface ErrorKind {
  readonly error: string;
  readonly status?: number;
  readonly suberror?: string;
}

/**
 * The supported error numbers.
 * @see entra-docs identity-platform/reference-error-codes; statuses: 400, except invalid_client 401
 */
const KINDS = {
  16000: { error: 'interaction_required' },
  28002: { error: 'invalid_scope' },
  50011: { error: 'invalid_request' },
  50027: { error: 'invalid_client', status: 401 },
  50034: { error: 'invalid_grant' },
  50049: { error: 'invalid_instance' },
  50057: { error: 'invalid_grant' },
  50058: { error: 'login_required' },
  50076: { error: 'interaction_required', suberror: 'basic_action' },
  50079: { error: 'interaction_required', suberror: 'basic_action' },
  50126: { error: 'invalid_grant' },
  50173: { error: 'invalid_grant', suberror: 'bad_token' },
  50194: { error: 'invalid_request' },
  50196: { error: 'invalid_grant' },
  53003: { error: 'interaction_required', suberror: 'message_only' },
  54005: { error: 'invalid_grant' },
  65001: { error: 'invalid_grant', suberror: 'consent_required' },
  65004: { error: 'access_denied' },
  70000: { error: 'invalid_grant' },
  70003: { error: 'unsupported_grant_type' },
  70007: { error: 'unsupported_response_mode' },
  70008: { error: 'invalid_grant' },
  70011: { error: 'invalid_scope' },
  70016: { error: 'authorization_pending' },
  70018: { error: 'bad_verification_code' },
  70019: { error: 'expired_token' },
  70043: { error: 'invalid_grant', suberror: 'bad_token' },
  90006: { error: 'server_error', status: 500 },
  90014: { error: 'invalid_request' },
  90023: { error: 'invalid_request' },
  90033: { error: 'temporarily_unavailable', status: 503 },
  90055: { error: 'temporarily_unavailable', status: 429 },
  90002: { error: 'invalid_request' },
  90094: { error: 'access_denied' },
  500011: { error: 'invalid_resource' },
  500207: { error: 'invalid_request' },
  500112: { error: 'invalid_client' },
  501481: { error: 'invalid_grant' },
  700005: { error: 'invalid_grant' },
  700016: { error: 'unauthorized_client' },
  700021: { error: 'invalid_client', status: 401 },
  700023: { error: 'invalid_client', status: 401 },
  700024: { error: 'invalid_client', status: 401 },
  700027: { error: 'invalid_client', status: 401 },
  700054: { error: 'unsupported_response_type' },
  700082: { error: 'invalid_grant' },
  900144: { error: 'invalid_request' },
  900971: { error: 'invalid_request' },
  7000112: { error: 'unauthorized_client' },
  7000215: { error: 'invalid_client', status: 401 },
  7000218: { error: 'invalid_client', status: 401 },
  7000222: { error: 'invalid_client', status: 401 },
  9002313: { error: 'invalid_request' },
  1002012: { error: 'invalid_scope' },
} as const satisfies Record<number, ErrorKind>;

export type AadstsCode = keyof typeof KINDS;

/** A refusal by Entra; the Entra half converts it to an answer. */
export class OauthError extends Error {
  override readonly name = 'OauthError';
  readonly aadsts: number;
  readonly error: string;
  readonly status: number;
  readonly suberror: string | undefined;
  /** The text without the number, ids and time. */
  readonly text: string;
  readonly retryAfterSeconds: number | undefined;

  constructor(aadsts: number, text: string, overrides: Partial<ErrorKind> & { readonly retryAfterSeconds?: number } = {}) {
    super(`AADSTS${aadsts}: ${text}`);
    const kind: ErrorKind = KINDS[aadsts as AadstsCode] ?? { error: 'invalid_grant' };
    this.aadsts = aadsts;
    this.text = text;
    this.error = overrides.error ?? kind.error;
    this.status = overrides.status ?? kind.status ?? 400;
    this.suberror = overrides.suberror ?? kind.suberror;
    this.retryAfterSeconds = overrides.retryAfterSeconds;
  }
}

type Overrides = ConstructorParameters<typeof OauthError>[2];

export function consentRequired(
  { clientId, displayName }: { readonly clientId: string; readonly displayName: string },
  overrides?: Overrides,
): OauthError {
  const text = `The user or administrator has not consented to use the application with ID '${clientId}' named '${displayName}'. Send an interactive authorization request for this user and resource.`;
  return new OauthError(65001, text, overrides);
}

export function consentDeclined(overrides: Overrides): OauthError {
  return new OauthError(65004, 'User declined to consent to access the app.', overrides);
}

/** Ids and time in every error of Entra. */
export interface ErrorStamp {
  readonly traceId: string;
  readonly correlationId: string;
  /** `2022-08-02 11:19:53Z`. */
  readonly timestamp: string;
}

/** Ids and time of an answer at `now`; the correlation id is the client's `client-request-id` when it is a UUID. */
export function stampError(now: Date, clientRequestId: string | null): ErrorStamp {
  const valid = clientRequestId !== null && /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i.test(clientRequestId);
  return {
    traceId: randomUUID(),
    correlationId: valid ? clientRequestId.toLowerCase() : randomUUID(),
    timestamp: `${now.toISOString().slice(0, 19).replace('T', ' ')}Z`,
  };
}

/** `error_description` in Entra's form: four lines separated by CRLF. */
export function errorDescription(error: OauthError, stamp: ErrorStamp): string {
  return [
    `AADSTS${error.aadsts}: ${error.text}`,
    `Trace ID: ${stamp.traceId}`,
    `Correlation ID: ${stamp.correlationId}`,
    `Timestamp: ${stamp.timestamp}`,
  ].join('\r\n');
}

/** The JSON answer of the token endpoint for `error`. `authority`: origin of `error_uri`. */
export function errorResponse(error: OauthError, stamp: ErrorStamp, authority: string): EmulatorResponse {
  const body = {
    error: error.error,
    error_description: errorDescription(error, stamp),
    error_codes: [error.aadsts],
    timestamp: stamp.timestamp,
    trace_id: stamp.traceId,
    correlation_id: stamp.correlationId,
    error_uri: `${authority}/error?code=${error.aadsts}`,
    ...(error.suberror === undefined ? {} : { suberror: error.suberror }),
    // Answers about MFA and Conditional Access contain the claims that a new sign-in must satisfy (claims challenge).
    ...(error.error === 'interaction_required'
      ? { claims: '{"access_token":{"capolids":{"essential":true,"values":["emulated-policy"]}}}' }
      : {}),
  };
  return {
    status: error.status,
    headers: {
      'content-type': 'application/json; charset=utf-8',
      'cache-control': 'no-store, no-cache',
      pragma: 'no-cache',
      'x-ms-request-id': stamp.traceId,
      'client-request-id': stamp.correlationId,
      ...(error.retryAfterSeconds === undefined ? {} : { 'retry-after': String(error.retryAfterSeconds) }),
    },
    body: JSON.stringify(body),
  };
}
