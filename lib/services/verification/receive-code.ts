import { z } from 'zod';
import { PASTE_MAX_CHARS } from '#lib/domain/connection/connection.ts';
import { explainAuthorizeError } from '#lib/entra/entra-problem.ts';
import { ConflictError } from '#lib/platform/errors.ts';
import type { Call } from '#lib/services/context.ts';
import { requirePerson } from '#lib/services/require-role.ts';
import { failVerification, findVerificationByState, recordCodeHash } from '#lib/store/connection/verifications.ts';
import {
  answerWithoutSignIn,
  codeUnreadable,
  otherPersonsAnswer,
  signInAlreadyAnswered,
  verificationExpired,
} from './verification-problems.ts';
import { digest } from './verification-session.ts';

export const ReceiveCodeInput = z.object({
  /** Absent in the answer to an admin consent link, which has no state. */
  state: z.string().max(512).nullable(),
  code: z.string().max(PASTE_MAX_CHARS).optional(),
  error: z.string().max(200).optional(),
  errorDescription: z.string().max(4000).optional(),
});
export type ReceiveCodeInput = z.input<typeof ReceiveCodeInput>;

/**
 * The redirect page: finds the sign-in of this answer and stores the code's digest, so that a pasted code can be assigned to its verification.
 * Redeems nothing. Showing the page again for the same answer is allowed.
 * @throws ConflictError for an answer of an unknown verification, of another person's, a late one, or a second one; or with Entra's refusal.
 */
export async function receiveCode({ ctx, input }: Call<ReceiveCodeInput>): Promise<{ verificationId: string; code: string }> {
  const actor = requirePerson(ctx, 'editor');
  const { state, code, error, errorDescription } = ReceiveCodeInput.parse(input);
  if (state === null && error !== undefined) throw consentRefused(error, errorDescription ?? '');
  const row = state === null ? null : await findVerificationByState(ctx.db, digest(state));
  if (row === null) throw answerWithoutSignIn();
  if (row.userId !== actor.userId) throw otherPersonsAnswer();
  if (error !== undefined) {
    const problem = explainAuthorizeError({ error, errorDescription: errorDescription ?? null });
    await failVerification(ctx.db, row.id, problem, null);
    throw new ConflictError(problem);
  }
  if (code === undefined || code === '') throw codeUnreadable();
  const codeHash = digest(code);
  if (row.codeHash !== null && row.codeHash !== codeHash) throw signInAlreadyAnswered();
  if (row.status === 'failed') throw signInAlreadyAnswered();
  if (row.expiresAt <= ctx.clock.now()) throw verificationExpired();
  if (row.codeHash === null && row.status === 'waiting_for_code' && !(await recordCodeHash(ctx.db, row.id, codeHash))) {
    throw signInAlreadyAnswered();
  }
  return { verificationId: row.id, code };
}

/** Anyone can forge an answer without state: shows only the meaning of its error code, never its text. */
function consentRefused(error: string, description: string): ConflictError {
  const errorDescription = /AADSTS\d+/.exec(description)?.[0] ?? null;
  const known = /^[a-z_]{1,60}$/.test(error) ? error : 'unknown';
  return new ConflictError(explainAuthorizeError({ error: known, errorDescription }));
}
