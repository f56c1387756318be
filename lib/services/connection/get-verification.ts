import { z } from 'zod';
import type { VerificationDto } from '#lib/domain/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const GetVerificationInput = z.object({ verificationId: idSchema('ver') });
export type GetVerificationInput = z.input<typeof GetVerificationInput>;

export async function getVerification({ input }: Call<GetVerificationInput>): Promise<VerificationDto> {
  GetVerificationInput.parse(input);
  throw new Error('getVerification is not there yet');
}
