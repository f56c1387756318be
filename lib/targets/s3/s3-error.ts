import type { Problem } from '#lib/domain/problem.ts';
import { AppError, type Retry } from '#lib/platform/errors.ts';
import { toLakeError } from '#lib/targets/lake/lake-error.ts';
import { connectionProblem, isConnectionError, storeError, UNPUBLISHED } from '#lib/targets/lake/store-error.ts';

/** The attempted operation and its location. */
export interface S3Attempt {
  readonly location: string;
  readonly bucket: string;
  /** The required right, by its name in policies. */
  readonly right: string;
}

export function isMissing(error: unknown): boolean {
  // An answer to HEAD has no body with an error code.
  return nameOf(error) === 'NoSuchKey' || (nameOf(error) !== 'NoSuchBucket' && statusOf(error) === 404);
}

/** Whether the name is taken by another writer (412), or being written by one (409). */
export function isNameTaken(error: unknown): boolean {
  return statusOf(error) === 412 || nameOf(error) === 'ConditionalRequestConflict';
}

export function isNotImplemented(error: unknown): boolean {
  return nameOf(error) === 'NotImplemented' || statusOf(error) === 501;
}

/** Converts an error of the SDK to an AppError (Amazon S3 API Reference, "Error responses"); returns unknown errors unchanged. */
export function toS3Error(error: unknown, attempt: S3Attempt): unknown {
  if (error instanceof AppError || !(error instanceof Error)) return error;
  const found = problemOf(error, attempt);
  if (found === null) return toLakeError(error, attempt.location);
  return storeError(found.problem, error, found.retry);
}

interface Found {
  readonly problem: Problem;
  readonly retry?: Retry;
}

function problemOf(error: Error, { location, bucket, right }: S3Attempt): Found | null {
  switch (nameOf(error)) {
    case 'NoSuchBucket':
      return you(
        'lake-store-missing',
        `The bucket ${bucket} does not exist.`,
        'Create the bucket, or correct its name in the target.',
      );
    case 'InvalidAccessKeyId':
      return you('lake-sign-in-refused', 'The store does not know this access key ID.', 'Check the key in the target.');
    case 'SignatureDoesNotMatch':
      return you(
        'lake-sign-in-refused',
        'The secret access key does not belong to the access key ID.',
        'Enter both keys again in the target.',
      );
    case 'ExpiredToken':
    case 'InvalidToken':
    case 'TokenRefreshRequired':
      return you(
        'lake-sign-in-refused',
        'The temporary keys have expired.',
        'Enter new temporary keys or permanent keys in the target.',
      );
    case 'CredentialsProviderError':
      return you(
        'lake-sign-in-refused',
        'This machine has no identity that the AWS SDK can find.',
        'Give the machine a role, or enter an access key in the target.',
      );
    case 'RequestTimeTooSkewed':
      return operator(
        'lake-clock-skew',
        'The clocks of this machine and of the store differ by more than 15 minutes.',
        'Set the clock of this machine.',
      );
    case 'PermanentRedirect':
    case 'AuthorizationHeaderMalformed':
    case 'IllegalLocationConstraintException':
      return you(
        'target-settings',
        `The bucket ${bucket} is in another region.`,
        `Correct the region in the target. ${regionOf(error)}`.trim(),
      );
    case 'AccessDenied':
    case 'AllAccessDisabled':
    case 'AccountProblem':
      return you('lake-forbidden', `${location} refused ${right}.`, `Give the key the right ${right} on this bucket and folder.`);
    case 'XMinioStorageFull':
    case 'QuotaExceeded':
      return operator('lake-disk-full', `The store of ${location} is full.`, 'Free space in the store and run the task again.');
    default:
      return byStatus(error, { location, right });
  }
}

function byStatus(error: Error, { location, right }: Pick<S3Attempt, 'location' | 'right'>): Found | null {
  const status = statusOf(error);
  if (isConnectionError(error)) return connectionProblem(location, error);
  if (status === 403)
    return you('lake-forbidden', `${location} refused ${right}.`, `Give the key the right ${right} on this bucket and folder.`);
  if (status === 301)
    return you(
      'target-settings',
      'The bucket has another address.',
      'Check the endpoint, the region and the addressing in the target.',
    );
  if (status === 507)
    return operator('lake-disk-full', `The store of ${location} is full.`, 'Free space in the store and run the task again.');
  if (status === undefined || status < 500) return null;
  return {
    problem: {
      code: 'lake-unavailable',
      title: `${location} is not available at the moment (${nameOf(error)}, ${status}).`,
      remedy: `Run the task again later. ${UNPUBLISHED}`,
      fixer: 'you',
    },
    retry: 'backoff',
  };
}

function you(code: Problem['code'], title: string, remedy: string): Found {
  return { problem: { code, title, remedy: `${remedy} ${UNPUBLISHED}`, fixer: 'you' } };
}

function operator(code: Problem['code'], title: string, remedy: string): Found {
  return { problem: { code, title, remedy: `${remedy} ${UNPUBLISHED}`, fixer: 'operator' } };
}

function regionOf(error: Error): string {
  const region = (error as { Region?: unknown }).Region;
  return typeof region === 'string' ? `The store names the region ${region}.` : '';
}

function nameOf(error: unknown): string {
  return error instanceof Error ? error.name : '';
}

function statusOf(error: unknown): number | undefined {
  return (error as { $metadata?: { httpStatusCode?: number } } | null)?.$metadata?.httpStatusCode;
}
