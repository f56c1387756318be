import { RestError } from '@azure/storage-blob';
import type { ProblemCode } from '#lib/domain/problem-code.ts';
import { AppError } from '#lib/platform/errors.ts';
import { refusalOfEntra } from '#lib/targets/entra-refusal.ts';
import { toLakeError } from '#lib/targets/lake/lake-error.ts';
import { connectionProblem, isConnectionError, storeError, UNPUBLISHED } from '#lib/targets/lake/store-error.ts';
import { sasExpired } from './sas.ts';

/** The attempted operation and its location. */
export interface BlobAttempt {
  readonly location: string;
  readonly container: string;
  /** `write`, `read` ...: the name of the permission of a shared access signature. */
  readonly right: string;
}

export function isMissing(error: unknown): boolean {
  return error instanceof RestError && error.statusCode === 404 && codeOf(error) !== 'ContainerNotFound';
}

/** Whether the name is taken by another writer (Blob service error codes: 409 BlobAlreadyExists, 412 ConditionNotMet). */
export function isNameTaken(error: unknown): boolean {
  if (!(error instanceof RestError)) return false;
  return codeOf(error) === 'BlobAlreadyExists' || codeOf(error) === 'PathAlreadyExists' || codeOf(error) === 'ConditionNotMet';
}

/**
 * Converts an error of the SDK to an AppError (REST API reference, "Blob service error codes" and "Common REST API error codes"); returns
 * unknown errors unchanged.
 */
export function toBlobError(error: unknown, attempt: BlobAttempt): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  if (error instanceof RestError && error.statusCode !== undefined) return ofService(error, error.statusCode, attempt);
  // The agents refuse a host with an AppError, which the SDK wraps.
  if (error.cause instanceof AppError) return error.cause;
  if (isConnectionError(error)) {
    const { problem, retry } = connectionProblem(attempt.location, error);
    return storeError(problem, error, retry);
  }
  return ofIdentity(error) ?? toLakeError(error, attempt.location);
}

const SIGN_IN = new Set([
  'AuthenticationFailed',
  'InvalidAuthenticationInfo',
  'NoAuthenticationInformation',
  'AuthenticationRequired',
]);
const RIGHTS = new Set([
  'AuthorizationPermissionMismatch',
  'AuthorizationFailure',
  'AuthorizationServiceMismatch',
  'AuthorizationResourceTypeMismatch',
  'AuthorizationProtocolMismatch',
  'AuthorizationSourceIPMismatch',
  'InsufficientAccountPermissions',
]);
/** A lease or a policy protects the blob, so that a reload cannot replace or delete it. */
const HELD = new Set([
  'LeaseIdMissing',
  'BlobImmutableDueToPolicy',
  'BlobNotFoundOrImmutable',
  'BlobImmutableDueToLegalHold',
  'ContainerImmutableDueToPolicy',
]);

function ofService(error: RestError, status: number, { location, container, right }: BlobAttempt): unknown {
  const code = codeOf(error);
  const detail = detailOf(error);
  const problem = (as: ProblemCode, title: string, remedy: string, fixer: 'you' | 'operator' = 'you') =>
    storeError({ code: as, title, remedy: `${remedy} ${UNPUBLISHED}`, fixer }, error, status >= 500 ? 'backoff' : 'never');
  if (code === 'ContainerNotFound' || code === 'ResourceNotFound')
    return problem(
      'lake-store-missing',
      `The container ${container} does not exist.`,
      'Create the container, or correct its name in the target.',
    );
  if (code === 'ContainerBeingDeleted')
    return problem(
      'lake-store-missing',
      `The container ${container} is being deleted.`,
      'Wait until it is deleted, then create it again.',
    );
  if (/time frame|expired/i.test(detail)) return sasExpired(null, error);
  if (code === 'KeyBasedAuthenticationNotPermitted')
    return problem(
      'lake-sign-in-refused',
      'The storage account does not allow sign-in with account keys.',
      'Sign in with an application or a managed identity.',
    );
  if (SIGN_IN.has(code) || status === 401 || /failed to authenticate/.test(detail))
    return problem(
      'lake-sign-in-refused',
      `${location} refused the sign-in.`,
      'Enter the key or signature again in the target, and check the clock of this machine.',
    );
  if (RIGHTS.has(code) || status === 403)
    return problem(
      'lake-forbidden',
      `${location} refused to ${right}${code === '' ? '' : ` (${code})`}.`,
      `Give the identity of the target the right to ${right}: the role Storage Blob Data Contributor, or this permission in the signature. Check the firewall of the account, too.`,
    );
  if (HELD.has(code))
    return problem(
      'lake-forbidden',
      `A lease or a policy of the account protects ${location} (${code}).`,
      'Remove the lease or the policy from this folder, or choose another folder in the task.',
    );
  if (code === 'AccountIsDisabled')
    return problem('lake-forbidden', 'The storage account is disabled.', 'Enable the account in the Azure portal.');
  if (status >= 500 || status === 429 || status === 408)
    return problem(
      'lake-unavailable',
      `${location} is not available at the moment (${code || status}).`,
      'Run the task again later.',
    );
  return storeError(
    {
      code: 'lake-unavailable',
      title: `${location} answered ${status}${code === '' ? '' : ` (${code})`}.`,
      remedy: `Run the task again. If the problem persists, check the settings of the storage account. ${UNPUBLISHED}`,
      fixer: 'you',
    },
    error,
  );
}

/** An error of Entra, or of the machine's identity service. */
function ofIdentity(error: Error): AppError | null {
  if (!/Authentication(Required)?Error|CredentialUnavailable|Aggregate/.test(error.name)) return null;
  const { title, remedy } = refusalOfEntra(error, 'the storage account');
  return storeError({ code: 'lake-sign-in-refused', title, remedy: `${remedy} ${UNPUBLISHED}`, fixer: 'you' }, error);
}

function codeOf(error: RestError): string {
  // Answers to HEAD, and some others, have the error code only in a header.
  return error.code ?? error.response?.headers.get('x-ms-error-code') ?? '';
}

function detailOf(error: RestError): string {
  const { details } = error as { details?: { authenticationErrorDetail?: string } };
  return `${details?.authenticationErrorDetail ?? ''} ${error.message}`;
}
