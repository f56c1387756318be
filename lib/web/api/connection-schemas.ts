import 'server-only';
import { z } from 'zod';
import type { ApiTokenDto } from '#lib/domain/account/api-token.ts';
import { TokenScope } from '#lib/domain/account/api-token.ts';
import { Role } from '#lib/domain/account/role.ts';
import type { UserDto } from '#lib/domain/account/user.ts';
import {
  type CertificateDto,
  type ConnectionDto,
  type ConnectionTestDto,
  CredentialKind,
  SignInMethod,
  type VerificationDto,
  VerificationStatus,
  type VerifiedIdentity,
} from '#lib/domain/connection/connection.ts';
import { idSchema } from '#lib/domain/id.ts';
import { ProblemSchema } from '#lib/domain/problem.ts';
import { ConnectionSummarySchema, GatewayRefSchema } from './schemas.ts';

const Moment = z.iso.datetime();

const Identity = z.object({
  account: z.object({ username: z.string(), name: z.string().nullable(), objectId: z.string() }),
  tenant: z.object({ id: z.string(), name: z.string().nullable(), defaultDomain: z.string().nullable() }),
  permissions: z.array(z.string()),
}) satisfies z.ZodType<VerifiedIdentity>;

export const CertificateSchema = z.object({
  id: idSchema('cert'),
  subject: z.string(),
  thumbprint: z.string(),
  pem: z.string().describe('The public certificate, to upload to the app registration.'),
  generated: z.boolean(),
  notAfter: Moment,
}) satisfies z.ZodType<CertificateDto>;

export const ConnectionSchema = ConnectionSummarySchema.extend({
  clientId: z.string(),
  tenant: z.string(),
  gateway: GatewayRefSchema.nullable().describe('The data gateway that reads the tenant; null: the server itself.'),
  identity: Identity,
  credential: CredentialKind,
  certificate: CertificateSchema.nullable(),
  credentialExpiresAt: Moment.nullable(),
  expirySource: z.enum(['person', 'registration', 'certificate']).nullable(),
  tokensRenewedAt: Moment,
  updatedAt: Moment,
  problem: ProblemSchema.nullable(),
  metadataGeneratedAt: Moment.nullable(),
}) satisfies z.ZodType<ConnectionDto>;

export const ConnectionTestSchema = z.object({
  account: z.string(),
  tenantName: z.string().nullable(),
  permissions: z.array(z.string()),
  latencyMs: z.number(),
}) satisfies z.ZodType<ConnectionTestDto>;

export const VerificationSchema = z.object({
  id: idSchema('ver'),
  status: VerificationStatus,
  authorizeUrl: z
    .string()
    .describe('The address where the person signs in. Complete only in the answer that started the verification.'),
  expiresAt: Moment,
  identity: Identity.nullable(),
  problem: ProblemSchema.nullable(),
  suggestedName: z.string().nullable(),
  signIn: SignInMethod,
  credential: CredentialKind,
  credentialExpiresAt: Moment.nullable(),
}) satisfies z.ZodType<VerificationDto>;

export const UserSchema = z.object({
  id: idSchema('user'),
  email: z.string(),
  name: z.string().nullable(),
  role: Role,
  disabled: z.boolean(),
  signInWith: z.array(z.enum(['password', 'entra'])),
  createdAt: Moment,
  lastSignInAt: Moment.nullable(),
}) satisfies z.ZodType<UserDto>;

export const ApiTokenSchema = z.object({
  id: idSchema('tok'),
  name: z.string(),
  scopes: z.array(TokenScope),
  connection: z
    .object({ id: idSchema('conn'), name: z.string() })
    .nullable()
    .describe('The connection to which the token is limited.'),
  hint: z.string().describe('The first characters of the token.'),
  owner: z.string(),
  createdAt: Moment,
  expiresAt: Moment.nullable(),
  lastUsedAt: Moment.nullable(),
}) satisfies z.ZodType<ApiTokenDto>;
