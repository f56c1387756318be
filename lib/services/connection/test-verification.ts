import { z } from 'zod';
import type { ConnectionTestDto } from '#lib/domain/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Call } from '../context.ts';

export const TestVerificationInput = z.object({ verificationId: idSchema('ver') });
export type TestVerificationInput = z.input<typeof TestVerificationInput>;

export async function testVerification({ input }: Call<TestVerificationInput>): Promise<ConnectionTestDto> {
  TestVerificationInput.parse(input);
  throw new Error('testVerification is not there yet');
}
