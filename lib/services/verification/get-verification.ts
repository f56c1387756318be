import { z } from 'zod';
import type { VerificationDto } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '#lib/services/context.ts';
import { requirePerson } from '#lib/services/require-role.ts';
import { requireOwnVerification } from './require-own-verification.ts';
import { verificationDto } from './verification-session.ts';

export const GetVerificationInput = z.object({ verificationId: idSchema('ver') });
export type GetVerificationInput = z.input<typeof GetVerificationInput>;

/** A verification of the caller. Its authorize URL has no state: only the answer of startVerification has a usable URL. */
export async function getVerification({ ctx, input }: Call<GetVerificationInput>): Promise<VerificationDto> {
  requirePerson(ctx, 'editor');
  return verificationDto(ctx, await requireOwnVerification(ctx, GetVerificationInput.parse(input).verificationId));
}
