'use server';

import { revalidatePath } from 'next/cache';
import { AddCertificateInput, addCertificate } from '#lib/services/connection/add-certificate.ts';
import { CreateConnectionInput, createConnection } from '#lib/services/connection/create-connection.ts';
import { GetCertificateInput, getCertificate } from '#lib/services/connection/get-certificate.ts';
import { GetVerificationInput, getVerification } from '#lib/services/connection/get-verification.ts';
import { PrepareConnectionInput, prepareConnection } from '#lib/services/connection/prepare-connection.ts';
import { RenewConnectionInput, renewConnection } from '#lib/services/connection/renew-connection.ts';
import { ReviewPermissionsInput, reviewPermissions } from '#lib/services/connection/review-permissions.ts';
import { StartVerificationInput, startVerification } from '#lib/services/connection/start-verification.ts';
import { TestVerificationInput, testVerification } from '#lib/services/connection/test-verification.ts';
import { UpdateConnectionInput, updateConnection } from '#lib/services/connection/update-connection.ts';
import { VerifyApplicationInput, verifyApplication } from '#lib/services/connection/verify-application.ts';
import { VerifyCodeInput, verifyCode } from '#lib/services/connection/verify-code.ts';
import { defineAction } from '#lib/web/action.ts';

export const startVerificationAction = defineAction(StartVerificationInput, (ctx, input) => startVerification({ ctx, input }));

export const getVerificationAction = defineAction(GetVerificationInput, (ctx, input) => getVerification({ ctx, input }));

export const verifyCodeAction = defineAction(VerifyCodeInput, (ctx, input) => verifyCode({ ctx, input }));

export const verifyApplicationAction = defineAction(VerifyApplicationInput, (ctx, input) => verifyApplication({ ctx, input }));

export const testVerificationAction = defineAction(TestVerificationInput, (ctx, input) => testVerification({ ctx, input }));

export const prepareConnectionAction = defineAction(PrepareConnectionInput, (ctx, input) => prepareConnection({ ctx, input }));

export const reviewPermissionsAction = defineAction(ReviewPermissionsInput, (ctx, input) => reviewPermissions({ ctx, input }));

export const addCertificateAction = defineAction(AddCertificateInput, (ctx, input) => addCertificate({ ctx, input }));

export const getCertificateAction = defineAction(GetCertificateInput, (ctx, input) => getCertificate({ ctx, input }));

export const createConnectionAction = defineAction(CreateConnectionInput, async (ctx, input) => {
  const { id, name } = await createConnection({ ctx, input });
  revalidatePath('/connections');
  return { id, name };
});

export const renewConnectionAction = defineAction(RenewConnectionInput, async (ctx, input) => {
  const { id, name } = await renewConnection({ ctx, input });
  revalidatePath('/connections', 'layout');
  return { id, name };
});

export const updateConnectionAction = defineAction(UpdateConnectionInput, async (ctx, input) => {
  const { id, name } = await updateConnection({ ctx, input });
  revalidatePath('/connections', 'layout');
  return { id, name };
});
