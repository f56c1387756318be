'use server';

import { revalidatePath } from 'next/cache';
import { CreateConnectionInput, createConnection } from '#lib/services/connection/create-connection.ts';
import { RenewConnectionInput, renewConnection } from '#lib/services/connection/renew-connection.ts';
import { UpdateConnectionInput, updateConnection } from '#lib/services/connection/update-connection.ts';
import { AddCertificateInput, addCertificate } from '#lib/services/credential/add-certificate.ts';
import { GetCertificateInput, getCertificate } from '#lib/services/credential/get-certificate.ts';
import { PrepareConnectionInput, prepareConnection } from '#lib/services/preparation/prepare-connection.ts';
import { ReviewPermissionsInput, reviewPermissions } from '#lib/services/preparation/review-permissions.ts';
import { GetVerificationInput, getVerification } from '#lib/services/verification/get-verification.ts';
import { StartVerificationInput, startVerification } from '#lib/services/verification/start-verification.ts';
import { TestVerificationInput, testVerification } from '#lib/services/verification/test-verification.ts';
import { VerifyApplicationInput, verifyApplication } from '#lib/services/verification/verify-application.ts';
import { VerifyCodeInput, verifyCode } from '#lib/services/verification/verify-code.ts';
import { defineAction } from '#lib/web/action.ts';

export const startVerificationAction = defineAction('editor', StartVerificationInput, (ctx, input) =>
  startVerification({ ctx, input }),
);

export const getVerificationAction = defineAction('editor', GetVerificationInput, (ctx, input) =>
  getVerification({ ctx, input }),
);

export const verifyCodeAction = defineAction('editor', VerifyCodeInput, (ctx, input) => verifyCode({ ctx, input }));

export const verifyApplicationAction = defineAction('editor', VerifyApplicationInput, (ctx, input) =>
  verifyApplication({ ctx, input }),
);

export const testVerificationAction = defineAction('editor', TestVerificationInput, (ctx, input) =>
  testVerification({ ctx, input }),
);

export const prepareConnectionAction = defineAction('viewer', PrepareConnectionInput, (ctx, input) =>
  prepareConnection({ ctx, input }),
);

export const reviewPermissionsAction = defineAction('viewer', ReviewPermissionsInput, (ctx, input) =>
  reviewPermissions({ ctx, input }),
);

export const addCertificateAction = defineAction('editor', AddCertificateInput, (ctx, input) => addCertificate({ ctx, input }));

export const getCertificateAction = defineAction('editor', GetCertificateInput, (ctx, input) => getCertificate({ ctx, input }));

export const createConnectionAction = defineAction('editor', CreateConnectionInput, async (ctx, input) => {
  const { id, name } = await createConnection({ ctx, input });
  revalidatePath('/connections');
  return { id, name };
});

export const renewConnectionAction = defineAction('editor', RenewConnectionInput, async (ctx, input) => {
  const { id, name } = await renewConnection({ ctx, input });
  revalidatePath('/connections', 'layout');
  return { id, name };
});

export const updateConnectionAction = defineAction('editor', UpdateConnectionInput, async (ctx, input) => {
  const { id, name } = await updateConnection({ ctx, input });
  revalidatePath('/connections', 'layout');
  return { id, name };
});
