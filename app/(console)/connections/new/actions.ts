'use server';

import { revalidatePath } from 'next/cache';
import { CreateConnectionInput, createConnection } from '#lib/services/connection/create-connection.ts';
import { GetVerificationInput, getVerification } from '#lib/services/connection/get-verification.ts';
import { PrepareConnectionInput, prepareConnection } from '#lib/services/connection/prepare-connection.ts';
import { StartVerificationInput, startVerification } from '#lib/services/connection/start-verification.ts';
import { TestVerificationInput, testVerification } from '#lib/services/connection/test-verification.ts';
import { VerifyCodeInput, verifyCode } from '#lib/services/connection/verify-code.ts';
import { defineAction } from '#lib/web/action.ts';

export const startVerificationAction = defineAction(StartVerificationInput, (ctx, input) => startVerification({ ctx, input }));

export const getVerificationAction = defineAction(GetVerificationInput, (ctx, input) => getVerification({ ctx, input }));

export const verifyCodeAction = defineAction(VerifyCodeInput, (ctx, input) => verifyCode({ ctx, input }));

export const testVerificationAction = defineAction(TestVerificationInput, (ctx, input) => testVerification({ ctx, input }));

export const prepareConnectionAction = defineAction(PrepareConnectionInput, (ctx, input) => prepareConnection({ ctx, input }));

export const createConnectionAction = defineAction(CreateConnectionInput, async (ctx, input) => {
  const { id, name } = await createConnection({ ctx, input });
  revalidatePath('/connections');
  return { id, name };
});
