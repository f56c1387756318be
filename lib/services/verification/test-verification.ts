import { z } from 'zod';
import type { ConnectionTestDto } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { auditUse } from '#lib/services/audit-use.ts';
import type { Call } from '#lib/services/context.ts';
import { requirePerson } from '#lib/services/require-role.ts';
import { requireOwnVerification } from './require-own-verification.ts';
import { verifiedConnection } from './verification-session.ts';

export const TestVerificationInput = z.object({ verificationId: idSchema('ver') });
export type TestVerificationInput = z.input<typeof TestVerificationInput>;

/** Tests the connection in the dialog, before the connection exists. */
export async function testVerification({ ctx, input }: Call<TestVerificationInput>): Promise<ConnectionTestDto> {
  requirePerson(ctx, 'editor');
  const row = await requireOwnVerification(ctx, TestVerificationInput.parse(input).verificationId);
  const connection = await verifiedConnection(ctx, row);
  const use = { action: 'verification.test', subjectId: row.id };
  const { test } = await auditUse(ctx, use, () => ctx.executor(row).testConnection({ connection }));
  return test;
}
