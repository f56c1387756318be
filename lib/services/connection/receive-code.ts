import { z } from 'zod';
import { PASTE_MAX_CHARS } from '#lib/domain/connection.ts';
import type { Call } from '../context.ts';

export const ReceiveCodeInput = z.object({
  state: z.string().max(512),
  code: z.string().max(PASTE_MAX_CHARS).optional(),
  error: z.string().max(200).optional(),
  errorDescription: z.string().max(4000).optional(),
});
export type ReceiveCodeInput = z.input<typeof ReceiveCodeInput>;

export async function receiveCode({ input }: Call<ReceiveCodeInput>): Promise<{ verificationId: string; code: string }> {
  ReceiveCodeInput.parse(input);
  throw new Error('receiveCode is not there yet');
}
