import 'server-only';
import { createHash } from 'node:crypto';
import { AppError } from '#lib/platform/errors.ts';

/** An answer with the version of the resource as entity tag (RFC 9110, section 8.8.3). */
export function withEtag<T extends { readonly version: number }>(value: T, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set('etag', `"${value.version}"`);
  headers.set('cache-control', 'no-store');
  return Response.json(value, { ...init, headers });
}

/**
 * The version that an edit is based on, from `If-Match` (RFC 9110, section 13.1.1).
 * @throws AppError `precondition-needed` without the header (RFC 6585, section 3: 428), `precondition-failed` for a tag of another form.
 */
export function ifMatch(request: Request): number {
  const header = request.headers.get('if-match');
  if (header === null) throw preconditionNeeded();
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) throw editedMeanwhile();
  return Number(version);
}

/** An answer with the digest of its content as entity tag, for resources without a version. */
export function withContentEtag(value: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set('etag', contentTag(value));
  headers.set('cache-control', 'no-store');
  return Response.json(value, { ...init, headers });
}

/**
 * For edits of resources without a version: `If-Match` must be the tag of the current content. Two simultaneous edits
 * may both pass; where the resource has a version, the database compares it (`withEtag`).
 * @throws AppError `precondition-needed`, `precondition-failed`
 */
export function requireContentMatch(request: Request, current: unknown): void {
  const header = request.headers.get('if-match');
  if (header === null) throw preconditionNeeded();
  if (header.trim() !== '*' && !header.split(',').some((tag) => tag.trim() === contentTag(current))) throw editedMeanwhile();
}

function contentTag(value: unknown): string {
  return `"${createHash('sha256').update(JSON.stringify(value)).digest('base64url').slice(0, 22)}"`;
}

/** Converts a version conflict of an edit to the API's answer 412. */
export async function orPreconditionFailed<T>(edit: Promise<T>): Promise<T> {
  try {
    return await edit;
  } catch (error) {
    if (error instanceof AppError && error.code === 'edited-since') throw editedMeanwhile();
    throw error;
  }
}

function preconditionNeeded(): AppError {
  return new AppError({
    code: 'precondition-needed',
    title: 'An edit must contain the version on which it is based.',
    remedy: 'Send the ETag of the last answer as If-Match.',
    fixer: 'you',
  });
}

function editedMeanwhile(): AppError {
  return new AppError({
    code: 'precondition-failed',
    title: 'The resource was edited after this version, or If-Match is not one of its versions.',
    remedy: 'Get the resource again, edit that version, and send its ETag as If-Match.',
    fixer: 'you',
  });
}
