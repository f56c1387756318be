import { createHash } from 'node:crypto';
import { badRequest, GraphErrorResponse } from './error-response.ts';

/** Prefix of Graph's present tokens (base64 of "DSpt"). */
const HEAD = 'RFNwdAo';

interface TokenBody {
  /** Position to continue from. */
  readonly p: number;
  /** Identity of the request. */
  readonly q: string;
  /** Number of the page, for faults that alternate. */
  readonly n: number;
}

/** Opaque tokens of next links, bound to resource and query. */
export function writePageToken(position: number, of: string, page: number): string {
  return HEAD + Buffer.from(JSON.stringify({ p: position, q: digest(of), n: page } satisfies TokenBody)).toString('base64url');
}

/** @throws GraphFault for an invalid token, or that of another query. */
export function readPageToken(token: string, of: string, expired: boolean): { readonly position: number; readonly page: number } {
  if (expired)
    throw new GraphErrorResponse(
      400,
      'Directory_ExpiredPageToken',
      'The specified page token value has expired and can no longer be included in your request.',
    );
  try {
    if (!token.startsWith(HEAD)) throw new SyntaxError('head');
    const body = JSON.parse(Buffer.from(token.slice(HEAD.length), 'base64url').toString('utf8')) as TokenBody;
    if (body.q !== digest(of)) throw new SyntaxError('query');
    return { position: body.p, page: body.n };
  } catch (cause) {
    const fault = badRequest("Invalid page token: the value of '$skiptoken' does not belong to this request.");
    fault.cause = cause;
    throw fault;
  }
}

function digest(text: string): string {
  return createHash('sha256').update(text).digest('base64url').slice(0, 16);
}
