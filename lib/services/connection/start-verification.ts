import type { z } from 'zod';
import { ConnectionSettingsInput, type VerificationDto } from '#lib/domain/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const StartVerificationInput = ConnectionSettingsInput.extend({ connectionId: idSchema('conn').optional() });
export type StartVerificationInput = z.input<typeof StartVerificationInput>;

export async function startVerification({ input }: Call<StartVerificationInput>): Promise<VerificationDto> {
  StartVerificationInput.parse(input);
  throw new Error('startVerification is not there yet');
}
