import 'server-only';
import { z } from 'zod';
import { ConnectionSettingsInput } from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { AddCertificateInput } from '#lib/services/credential/add-certificate.ts';
import { VerifyCodeInput } from '#lib/services/verification/verify-code.ts';
import { CertificateSchema, ConnectionTestSchema, VerificationSchema } from '../connection-schemas.ts';
import { describeOperation } from '../operation.ts';

const OfVerification = z.object({ verificationId: idSchema('ver') });
const tag = 'Verifications';

export const startVerificationOperation = describeOperation({
  id: 'startVerification',
  method: 'POST',
  path: '/api/v1/verifications',
  tag,
  summary: 'Start a sign-in of a person',
  description:
    'The first of two steps of delegated sign-in: open `authorizeUrl`, sign in, and send what the page shows afterwards to `/code` within 15 minutes.',
  role: 'editor',
  body: ConnectionSettingsInput,
  response: {
    status: 201,
    description: 'The verification, with the address where the person signs in.',
    schema: VerificationSchema,
  },
});

export const verifyApplicationOperation = describeOperation({
  id: 'verifyApplication',
  method: 'POST',
  path: '/api/v1/verifications/application',
  tag,
  summary: 'Verify an application',
  description: 'App-only sign-in (client credentials) in one step.',
  role: 'editor',
  body: ConnectionSettingsInput,
  response: { status: 201, description: 'The verification, verified.', schema: VerificationSchema },
});

export const getVerificationOperation = describeOperation({
  id: 'getVerification',
  method: 'GET',
  path: '/api/v1/verifications/{verificationId}',
  tag,
  summary: 'Get a verification',
  description: 'One of your own.',
  role: 'editor',
  params: OfVerification,
  response: { status: 200, description: 'The verification.', schema: VerificationSchema },
});

export const verifyCodeOperation = describeOperation({
  id: 'verifyCode',
  method: 'POST',
  path: '/api/v1/verifications/{verificationId}/code',
  tag,
  summary: 'Redeem the code of a sign-in',
  description: '`pasted`: the code, or the whole URL of the page that showed it.',
  role: 'editor',
  params: OfVerification,
  body: VerifyCodeInput.omit({ verificationId: true }),
  response: { status: 200, description: 'The verification, verified.', schema: VerificationSchema },
});

export const testVerificationOperation = describeOperation({
  id: 'testVerification',
  method: 'POST',
  path: '/api/v1/verifications/{verificationId}/test',
  tag,
  summary: 'Test a verified sign-in',
  role: 'editor',
  params: OfVerification,
  response: { status: 200, description: 'What the token may do, and how long Graph took.', schema: ConnectionTestSchema },
});

export const addCertificateOperation = describeOperation({
  id: 'addCertificate',
  method: 'POST',
  path: '/api/v1/certificates',
  tag,
  summary: 'Generate or upload a certificate',
  role: 'editor',
  body: AddCertificateInput,
  response: {
    status: 201,
    description: 'The public certificate. The private key stays on the server.',
    schema: CertificateSchema,
  },
});

export const getCertificateOperation = describeOperation({
  id: 'getCertificate',
  method: 'GET',
  path: '/api/v1/certificates/{certificateId}',
  tag,
  summary: 'Get a certificate',
  role: 'editor',
  params: z.object({ certificateId: idSchema('cert') }),
  response: { status: 200, description: 'The public certificate.', schema: CertificateSchema },
});
