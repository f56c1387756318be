import 'server-only';
import { createHash } from 'node:crypto';
import { actorKey, actorRef } from '#lib/domain/account/actor.ts';
import { ConflictError, InvalidInputError } from '#lib/platform/errors.ts';
import {
  claimIdempotencyKey,
  deleteIdempotencyKey,
  findIdempotencyRecord,
  type IdempotencyKeyRef,
  type IdempotencyRecord,
  recordIdempotentAnswer,
} from '#lib/store/account/idempotency-keys.ts';
import type { ApiContext } from '../context.ts';

/** How long the answer of a key is stored, milliseconds. */
export const IDEMPOTENCY_MS = 24 * 3600_000;

/** Headers that a repeated answer includes. */
const KEPT_HEADERS = ['content-type', 'etag', 'location'];

/**
 * Calls `work` once per `Idempotency-Key` (draft-ietf-httpapi-idempotency-key-header-07): a request that the same
 * token or person repeats within 24 hours gets the first answer again, with `Idempotency-Replayed: true`. Server errors and refusals that
 * do not depend on the request (401, 403, 429) are not stored: such a request may be repeated with its key.
 * @throws InvalidInputError `idempotency-key-broken`; `idempotency-key-reused` for another request with the same key; ConflictError
 * `idempotency-key-in-progress` while there is no answer, also when the process died during the request: its effect is then unknown.
 */
export async function answerOnce(ctx: ApiContext, request: Request, work: () => Promise<Response>): Promise<Response> {
  const header = request.method === 'POST' ? request.headers.get('idempotency-key') : null;
  if (header === null) return work();
  const ref = { actor: actorKey(actorRef(ctx.actor)), key: readKey(header) };
  const digest = await digestOf(request);
  const replayed = await replay(ctx, ref, digest);
  if (replayed !== null) return replayed;
  let response: Response | null = null;
  try {
    response = await work();
    return response;
  } finally {
    await keep(ctx, ref, { digest, response });
  }
}

/** The stored answer; null when this request is the first one with its key. */
async function replay(ctx: ApiContext, ref: IdempotencyKeyRef, digest: string): Promise<Response | null> {
  const { db, ring } = ctx;
  const now = ctx.clock.now();
  const since = new Date(now.getTime() - IDEMPOTENCY_MS);
  if (await claimIdempotencyKey(db, ring, ref, { digest, now })) return null;
  const record = await findIdempotencyRecord(db, ring, ref, since);
  if (record === null) {
    // Older than 24 hours and not deleted yet.
    await deleteIdempotencyKey(db, ref);
    if (await claimIdempotencyKey(db, ring, ref, { digest, now })) return null;
    throw inProgress();
  }
  if (record.digest !== digest) throw reused();
  if (record.answer === null) throw inProgress();
  return new Response(record.answer.body, {
    status: record.answer.status,
    headers: { ...record.answer.headers, 'cache-control': 'no-store', 'idempotency-replayed': 'true' },
  });
}

async function keep(
  { db, ring }: ApiContext,
  ref: IdempotencyKeyRef,
  { digest, response }: { readonly digest: string; readonly response: Response | null },
): Promise<void> {
  if (response === null || response.status >= 500 || [401, 403, 429].includes(response.status)) {
    await deleteIdempotencyKey(db, ref);
    return;
  }
  const headers = Object.fromEntries(
    KEPT_HEADERS.flatMap((name) => {
      const value = response.headers.get(name);
      return value === null ? [] : [[name, value]];
    }),
  );
  const answer: IdempotencyRecord['answer'] = { status: response.status, headers, body: await response.clone().text() };
  await recordIdempotentAnswer(db, ring, ref, { digest, answer });
}

/** Accepts a structured field string (`"abc"`, as in the draft) or the bare key. */
function readKey(header: string): string {
  const key = /^"([\x21\x23-\x7e]{1,255})"$|^([\x21\x23-\x7e]{1,255})$/.exec(header.trim());
  const text = key?.[1] ?? key?.[2];
  if (text !== undefined) return text;
  throw new InvalidInputError({
    code: 'idempotency-key-broken',
    title: 'Idempotency-Key must have 1 to 255 visible ASCII characters.',
    remedy: 'Send a new UUID for each new request.',
    fixer: 'you',
  });
}

async function digestOf(request: Request): Promise<string> {
  const { pathname, search } = new URL(request.url);
  const hash = createHash('sha256').update(`${request.method} ${pathname}${search}\n`);
  return hash.update(new Uint8Array(await request.clone().arrayBuffer())).digest('base64url');
}

function reused(): InvalidInputError {
  return new InvalidInputError({
    code: 'idempotency-key-reused',
    title: 'This Idempotency-Key belongs to another request.',
    remedy: 'Use a new key for a new request.',
    fixer: 'you',
  });
}

function inProgress(): ConflictError {
  return new ConflictError({
    code: 'idempotency-key-in-progress',
    title: 'The first request with this Idempotency-Key has no answer yet.',
    remedy:
      'Repeat the request in a moment. If this answer stays, the server stopped during the request: check whether the change was made before you send it with a new key.',
    fixer: 'you',
  });
}
