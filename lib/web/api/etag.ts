import 'server-only';
import { createHash } from 'node:crypto';
import { AppError } from '#lib/platform/errors.ts';

/** The answer with the version of the thing as its entity tag (RFC 9110, section 8.8.3). */
export function withEtag<T extends { readonly version: number }>(value: T, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set('etag', `"${value.version}"`);
  headers.set('cache-control', 'no-store');
  return Response.json(value, { ...init, headers });
}

/**
 * The version that an edit was made from, as `If-Match` names it (RFC 9110, section 13.1.1).
 * @throws AppError `precondition-needed` without one (RFC 6585, section 3: 428), `precondition-failed` for a tag that is none of ours.
 */
export function ifMatch(request: Request): number {
  const header = request.headers.get('if-match');
  if (header === null) throw preconditionNeeded();
  const version = /^(?:W\/)?"(\d{1,9})"$/.exec(header.trim())?.[1];
  if (version === undefined) throw editedMeanwhile();
  return Number(version);
}

/** The answer with the digest of its content as its entity tag, for what has no version of its own. */
export function withContentEtag(value: unknown, init: ResponseInit = {}): Response {
  const headers = new Headers(init.headers);
  headers.set('etag', contentTag(value));
  headers.set('cache-control', 'no-store');
  return Response.json(value, { ...init, headers });
}

/**
 * For edits of what has no version of its own: `If-Match` must be the tag of what is there now. Two edits that arrive in the same moment
 * may both pass; what is edited often has a version, which the database compares (`withEtag`).
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

/** As the API answers an edit of a version that is not the present one. */
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
    title: 'An edit says which version it was made from.',
    remedy: 'Send the ETag of the last answer as If-Match.',
    fixer: 'you',
  });
}

function editedMeanwhile(): AppError {
  return new AppError({
    code: 'precondition-failed',
    title: 'It has been edited since, or If-Match names no version of it.',
    remedy: 'Get it again, make the edit from that version, and send its ETag as If-Match.',
    fixer: 'you',
  });
}
