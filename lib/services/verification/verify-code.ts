import { z } from 'zod';
import { PASTE_MAX_CHARS, type VerificationDto } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { explainAuthorizeError } from '#lib/entra/entra-problem.ts';
import type { RedeemedCode } from '#lib/executor/source-operations.ts';
import { AppError, ConflictError } from '#lib/platform/errors.ts';
import type { Call, Context } from '#lib/services/context.ts';
import { requirePerson } from '#lib/services/require-role.ts';
import { write } from '#lib/services/write.ts';
import { deleteSecrets, insertSecret, openSecret } from '#lib/store/connection/secrets.ts';
import {
  claimVerification,
  completeVerification,
  failVerification,
  findVerificationByCode,
  findVerificationByState,
  releaseVerification,
  type VerificationRow,
} from '#lib/store/connection/verifications.ts';
import { readPastedCode } from './pasted-code.ts';
import { refuseOtherTenant } from './refuse-other-tenant.ts';
import { requireOwnVerification } from './require-own-verification.ts';
import {
  codeEmpty,
  codeOfOtherSignIn,
  codeTooLong,
  codeUnreadable,
  codeUsed,
  notVerified,
  verificationExpired,
  withAuthenticateAgain,
} from './verification-problems.ts';
import { digest, signInScopes, verificationDto, verificationSettings } from './verification-session.ts';

export const VerifyCodeInput = z.object({ verificationId: idSchema('ver'), pasted: z.string() });
export type VerifyCodeInput = z.input<typeof VerifyCodeInput>;

/** A claim older than this belongs to a process that died, milliseconds; longer than the time limits of all its requests together. */
const STALE_MS = 60_000;

/**
 * Redeems the pasted code once, however often Verify is pressed. A code of another dialog is refused without redeeming it,
 * so that the right one can still be pasted.
 * @throws InvalidInputError `code-empty`, `code-unreadable`, `code-too-long`; ConflictError `code-from-elsewhere`, `code-used`,
 * `verification-expired`; the problem that Entra answered.
 */
export async function verifyCode({ ctx, input }: Call<VerifyCodeInput>): Promise<VerificationDto> {
  requirePerson(ctx, 'editor');
  const { verificationId, pasted } = VerifyCodeInput.parse(input);
  const row = await requireOwnVerification(ctx, verificationId);
  const code = await codeFor(ctx, row, pasted);
  const own = row.codeHash === digest(code);
  if (row.status === 'verified' || row.status === 'consumed') {
    if (own) return verificationDto(ctx, row);
    throw codeOfOtherSignIn();
  }
  if (row.status === 'failed' || row.redeemedAt !== null)
    throw own ? codeUsed() : new ConflictError(row.problem ?? notVerified().problem);
  const now = ctx.clock.now();
  if (row.expiresAt <= now) throw verificationExpired();
  if (!(await claimVerification(ctx.db, row.id, now, new Date(now.getTime() - STALE_MS)))) {
    return verificationDto(ctx, await requireOwnVerification(ctx, row.id));
  }
  const redeemed = await redeem(ctx, row, code, own);
  return verificationDto(ctx, await complete(ctx, row, code, redeemed));
}

/** The code in a paste, if it can belong to this verification. */
async function codeFor(ctx: Context, row: VerificationRow, pasted: string): Promise<string> {
  if (pasted.length > PASTE_MAX_CHARS) throw codeTooLong();
  const read = readPastedCode(pasted);
  if (read.kind === 'empty') throw codeEmpty();
  if (read.kind === 'unreadable') throw codeUnreadable();
  if (read.kind === 'refusal') throw new ConflictError(explainAuthorizeError(read));
  if (read.state !== null) {
    const answered = await findVerificationByState(ctx.db, digest(read.state));
    if (answered?.id !== row.id) throw codeOfOtherSignIn();
  }
  const known = await findVerificationByCode(ctx.db, digest(read.code));
  if (known !== null && known.id !== row.id) throw codeOfOtherSignIn();
  return read.code;
}

/** Redeems the code at Entra. A refusal ends the verification only when the code was its own. */
async function redeem(ctx: Context, row: VerificationRow, code: string, own: boolean): Promise<RedeemedCode> {
  try {
    if (row.codeVerifierId === null) throw notVerified();
    const settings = await verificationSettings(ctx, row);
    const verifier = await openSecret(ctx.db, ctx.ring, { kind: 'pkce', ownerId: row.id }, row.codeVerifierId);
    const redeemed = await ctx.executor(row).redeemCode({
      settings,
      redirectUri: row.redirectUri,
      code,
      codeVerifier: verifier.plaintext,
      scopes: signInScopes(row.graphBaseUrl),
    });
    await refuseOtherTenant(ctx, row.connectionId, redeemed.identity);
    return redeemed;
  } catch (error) {
    const problem = error instanceof AppError ? error.problem : null;
    if (own && problem !== null && error instanceof AppError && error.retry === 'never') {
      const refused = withAuthenticateAgain(problem);
      await failVerification(ctx.db, row.id, refused, ctx.clock.now());
      throw new ConflictError(refused, { cause: error });
    }
    await releaseVerification(ctx.db, row.id, problem ?? notVerified().problem);
    throw error;
  }
}

async function complete(ctx: Context, row: VerificationRow, code: string, redeemed: RedeemedCode): Promise<VerificationRow> {
  return write(ctx, async (tx, audit) => {
    const owner = { kind: 'token-cache', ownerId: row.id } as const;
    const verified = await completeVerification(tx, row.id, {
      tokenCacheId: await insertSecret(tx, ctx.ring, owner, redeemed.tokenCache),
      identity: redeemed.identity,
      codeHash: digest(code),
      redeemedAt: ctx.clock.now(),
      expiry: redeemed.credentialExpiresAt === null ? null : { at: redeemed.credentialExpiresAt, source: 'registration' },
    });
    if (verified === null) throw codeUsed();
    await deleteSecrets(tx, [row.codeVerifierId]);
    await audit({ action: 'verification.verify', subjectId: row.id, detail: { account: redeemed.identity.account.username } });
    return verified;
  });
}
