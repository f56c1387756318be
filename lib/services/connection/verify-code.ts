import { z } from 'zod';
import type { VerificationDto } from '#lib/domain/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const VerifyCodeInput = z.object({ verificationId: idSchema('ver'), pasted: z.string() });
export type VerifyCodeInput = z.input<typeof VerifyCodeInput>;

export async function verifyCode({ input }: Call<VerifyCodeInput>): Promise<VerificationDto> {
  VerifyCodeInput.parse(input);
  throw new Error('verifyCode is not there yet');
}
