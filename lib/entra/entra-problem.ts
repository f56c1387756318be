import { AuthError } from '@azure/msal-node';
import type { Problem, ProblemReference } from '#lib/domain/problem.ts';
import { AppError, RemoteError } from '#lib/platform/errors.ts';
import { CREDENTIAL_AADSTS, findAadsts, TRANSIENT_AADSTS } from './aadsts.ts';

const DOCS = 'https://learn.microsoft.com/entra/identity-platform/reference-error-codes';

/** Parts of Entra's `error_description` or MSAL's `errorMessage`. */
interface EntraText {
  readonly aadsts: number | null;
  /** The sentence after the code, without the ids that follow it. */
  readonly words: string | null;
  readonly reference: ProblemReference;
}

/** The problem for an `error=` answer of the authorize endpoint (RFC 6749 section 4.1.2.1). */
export function explainAuthorizeError({
  error,
  errorDescription,
}: {
  readonly error: string;
  readonly errorDescription: string | null;
}): Problem {
  const text = readEntraText(errorDescription ?? '');
  if (text.aadsts === null && error === 'access_denied') {
    return { ...problemOf({ ...text, aadsts: 65004 }), code: 'access-denied' };
  }
  return { ...problemOf(text, error), code: error === 'access_denied' ? 'access-denied' : 'entra-refused' };
}

/**
 * The RemoteError for an error of MSAL. Errors of Entrada's own transport are returned unchanged.
 * @param refresh whether a saved sign-in was renewed: then `invalid_grant` and interaction_required mean that a person has to sign in
 * again, and a secret or certificate that was good before and is refused now that a person has to give a new one.
 */
export function toEntraError(error: unknown, { refresh }: { readonly refresh: boolean }): AppError {
  const inner = innerAppError(error);
  if (inner !== null) return inner;
  if (!(error instanceof AuthError)) return unexpected(error);
  const text = withCorrelation(readEntraText(error.errorMessage), error);
  const errorCode = error.errorCode;
  const problem = problemOf(text, errorCode);
  if (refresh && needsPerson(error)) {
    return new RemoteError(
      { ...problem, code: 'needs-reauthentication', remedy: 'Open the connection and authenticate it again.' },
      { cause: error },
    );
  }
  if (refresh && text.aadsts !== null && CREDENTIAL_AADSTS.has(text.aadsts)) {
    const remedy = [problem.remedy, 'Then choose Edit on the connection and enter it there.'].filter(Boolean).join(' ');
    return new RemoteError({ ...problem, code: 'needs-reauthentication', remedy }, { cause: error });
  }
  if (text.aadsts !== null) {
    const retry = TRANSIENT_AADSTS.has(text.aadsts) ? 'backoff' : 'never';
    return new RemoteError({ ...problem, code: 'entra-refused' }, { cause: error, retry });
  }
  if (errorCode === 'endpoints_resolution_error' || errorCode === 'openid_config_error') {
    return authorityUnreachable(error);
  }
  return new RemoteError({ ...problem, code: 'entra-refused' }, { cause: error });
}

/** No OpenID configuration for this tenant at the authority. */
export function authorityUnreachable(cause?: unknown): RemoteError {
  return new RemoteError(
    {
      code: 'authority-unreachable',
      title: "Entrada could not find the tenant's sign-in service.",
      remedy: 'Check the Tenant and the cloud of the Graph Base URL, and that Entrada can reach the sign-in host.',
      fixer: 'you',
    },
    { cause, retry: 'backoff' },
  );
}

function needsPerson(error: AuthError): boolean {
  const codes = [
    'invalid_grant',
    'interaction_required',
    'consent_required',
    'login_required',
    'no_tokens_found',
    'no_account_in_silent_request',
  ];
  return codes.includes(error.errorCode) || error.name === 'InteractionRequiredAuthError';
}

/** MSAL wraps the errors of the transport. */
function innerAppError(error: unknown): AppError | null {
  for (let at: unknown = error, depth = 0; at instanceof Error && depth < 4; depth++) {
    if (at instanceof AppError) return at;
    at = at.cause ?? (at as { error?: unknown }).error;
  }
  return null;
}

function unexpected(error: unknown): AppError {
  return new RemoteError(
    {
      code: 'entra-unexpected',
      title: 'The sign-in service sent an unexpected answer.',
      remedy: 'Try again. If the problem persists, check whether a proxy changes the answers of Entra.',
      fixer: 'operator',
    },
    { cause: error },
  );
}

function problemOf(text: EntraText, errorCode?: string): Omit<Problem, 'code'> {
  const entry = text.aadsts === null ? null : findAadsts(text.aadsts);
  const detail = text.words ?? undefined;
  const tenant = text.aadsts === SINGLE_TENANT ? tenantIn(text.words ?? '') : null;
  if (entry !== null) {
    return {
      title: entry.title,
      remedy: entry.remedy,
      fixer: entry.fixer,
      link: DOCS,
      reference: text.reference,
      ...(detail === undefined ? {} : { detail }),
      ...(tenant === null ? {} : { suggestion: { field: 'tenant', value: tenant } }),
    };
  }
  return {
    title: text.words ?? `Entra refused the request (${errorCode ?? 'no code'}).`,
    remedy: "Look up the code in Microsoft's list of error codes, or give the correlation ID to the tenant administrator.",
    fixer: 'tenant-admin',
    link: DOCS,
    reference: text.reference,
  };
}

/** The registration is for one tenant, and the sign-in went to `organizations` or `common`. */
const SINGLE_TENANT = 50194;

/**
 * The tenant that Entra's message names, by id or domain: after "tenant" or "directory", or in the URL of a tenant endpoint. The
 * usual message of AADSTS50194 names only the application, whose id is not a tenant.
 */
function tenantIn(words: string): string | null {
  const named =
    /\b(?:tenant|directory)(?: id)?:?\s*['"(]?([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[a-z0-9-]+\.)+[a-z]{2,})\b/i.exec(
      words,
    ) ?? /https:\/\/login\.[^/\s'"]+\/([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}|(?:[a-z0-9-]+\.)+[a-z]{2,})\b/i.exec(words);
  return named?.[1]?.toLowerCase() ?? null;
}

/** The sentence for people: after the code, within MSAL's text, or all of it (up to the ids). */
const WORDS = [
  /AADSTS\d+:\s*([^\r\n]*?)(?=\s*(?:Trace ID|Correlation ID|Timestamp|$))/im,
  /- Description: (?!AADSTS|not_available)([^\r\n]*?)(?=\s*(?:Trace ID|- Correlation ID|Timestamp|$))/im,
  /^(?!AADSTS|Error\(s\)|See https)([^\r\n]*?)(?=\s*(?:Trace ID|Correlation ID|Timestamp|$))/i,
] as const;

/** MSAL knows the correlation id of its request even where the answer names none. */
function withCorrelation(text: EntraText, { correlationId }: AuthError): EntraText {
  if (text.reference.correlationId !== undefined || correlationId === '') return text;
  return { ...text, reference: { ...text.reference, correlationId } };
}

function readEntraText(text: string): EntraText {
  const aadsts = /AADSTS(\d+)/.exec(text)?.[1];
  const pick = (pattern: RegExp): string | undefined => pattern.exec(text)?.[1];
  const words = WORDS.map((pattern) => pick(pattern)?.trim()).find((found) => found !== undefined && found !== '');
  const correlationId = pick(/Correlation ID:\s*([0-9a-f-]{36})/i);
  const requestId = pick(/Trace ID:\s*([0-9a-f-]{36})/i);
  const timestamp = pick(/Timestamp:\s*(\d{4}-\d\d-\d\d[ T][\d:]+Z?)/i);
  return {
    aadsts: aadsts === undefined ? null : Number(aadsts),
    words: words ?? null,
    reference: {
      ...(aadsts === undefined ? {} : { aadsts: `AADSTS${aadsts}` }),
      ...(correlationId === undefined ? {} : { correlationId }),
      ...(requestId === undefined ? {} : { requestId }),
      ...(timestamp === undefined ? {} : { timestamp }),
    },
  };
}
