import { z } from 'zod';
import { GatewayChoice, type GatewayRef } from '#lib/domain/gateway/gateway.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { ConnectionAccess } from './connection-access.ts';

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const DEFAULT_GRAPH_BASE_URL = 'https://graph.microsoft.com/v1.0';
export const DEFAULT_TENANT = 'organizations';

/** Identity that a connection uses at Graph: a person who signed in, or the application itself (OAuth 2.0 client credentials). */
export const SignInMethod = z.enum(['delegated', 'app-only']);
export type SignInMethod = z.infer<typeof SignInMethod>;

/** Credential of the application at Entra. */
export const CredentialKind = z.enum(['secret', 'certificate']);
export type CredentialKind = z.infer<typeof CredentialKind>;

/** Tenant names that stand for several tenants: an application cannot sign in to them. */
const MANY_TENANTS = new Set(['organizations', 'common', 'consumers']);

/**
 * Input of the dialog before authentication. Client ID and secret are those of the app registration
 * (Application (client) ID and the secret's Value).
 */
export const ConnectionSettingsInput = z
  .object({
    ...GatewayChoice.shape,
    clientId: z
      .string()
      .trim()
      .regex(GUID, 'The Client ID is a GUID: copy "Application (client) ID" from the registration\'s Overview page.'),
    credential: CredentialKind.default('secret'),
    clientSecret: z
      .string()
      .trim()
      .max(2048, 'A client secret is shorter than this; paste only its Value.')
      .refine((value) => !GUID.test(value), {
        message:
          "This looks like the Secret ID. Paste the secret's Value: it is shown only once, right after the secret is made.",
      })
      .default(''),
    certificateId: idSchema('cert').nullable().default(null),
    graphBaseUrl: z
      .string()
      .trim()
      .pipe(z.url('Enter a URL such as https://graph.microsoft.com/v1.0.'))
      .default(DEFAULT_GRAPH_BASE_URL),
    tenant: z
      .string()
      .trim()
      .max(255)
      .regex(/^(|[A-Za-z0-9][A-Za-z0-9.-]*)$/, 'Enter a tenant ID (GUID) or a domain such as contoso.com.')
      .transform((value) => (value === '' ? DEFAULT_TENANT : value))
      .default(DEFAULT_TENANT),
    signIn: SignInMethod.default('delegated'),
    /** An existing connection to change or to authenticate again. Without a new credential it keeps its own. */
    connectionId: idSchema('conn').nullable().default(null),
  })
  .superRefine((input, context) => {
    const kept = input.connectionId !== null;
    if (input.credential === 'secret' && input.clientSecret === '' && !kept) {
      context.addIssue({ code: 'custom', path: ['clientSecret'], message: 'Paste the Value of a client secret.' });
    }
    if (input.credential === 'certificate' && input.certificateId === null && !kept) {
      context.addIssue({ code: 'custom', path: ['certificateId'], message: 'Generate a certificate or upload one.' });
    }
    if (input.signIn === 'app-only' && MANY_TENANTS.has(input.tenant.toLowerCase())) {
      context.addIssue({
        code: 'custom',
        path: ['tenant'],
        message: 'The application signs in to one tenant: enter its ID or a domain such as contoso.com.',
      });
    }
  });
export type ConnectionSettingsInput = z.infer<typeof ConnectionSettingsInput>;

/** Entra limits a client secret to 24 months; one day more for time zones. */
const SECRET_DAYS_MAX = 732;

/** The day that the client secret ends, as the portal shows it; null = unknown. */
export const SecretExpiresOn = z.iso
  .date('Enter the day as year-month-day.')
  .refine((day) => Date.parse(day) <= Date.now() + SECRET_DAYS_MAX * 86_400_000, 'A client secret lasts 24 months at most.')
  .nullable()
  .default(null);

export const ConnectionName = z
  .string()
  .trim()
  .min(1, 'Give the connection a name.')
  .max(120, 'A connection name has at most 120 characters.');

/** Longest accepted paste, characters: a code has 1 to 2 KB, a whole redirect URL a little more. */
export const PASTE_MAX_CHARS = 16_384;

export const VerificationStatus = z.enum(['not-verified', 'waiting-for-code', 'verifying', 'verified', 'failed']);
export type VerificationStatus = z.infer<typeof VerificationStatus>;

export const VERIFICATION_STATUS_LABEL = {
  'not-verified': 'Not verified',
  'waiting-for-code': 'Waiting for code',
  verifying: 'Verifying',
  verified: 'Verified',
  failed: 'Not verified',
} satisfies Record<VerificationStatus, string>;

/** Who signed in, in which tenant, with which permissions. For app-only sign-in the account is the application's service principal. */
export interface VerifiedIdentity {
  readonly account: { readonly username: string; readonly name: string | null; readonly objectId: string };
  readonly tenant: { readonly id: string; readonly name: string | null; readonly defaultDomain: string | null };
  /** Permissions of the token: delegated ones (scopes) without prefix and OpenID scopes, or application ones (app roles). */
  readonly permissions: readonly string[];
}

/** One verification in the connection dialog. */
export interface VerificationDto {
  readonly id: string;
  readonly status: VerificationStatus;
  /**
   * URL of the sign-in window. Only the answer of startVerification contains the `state`, without which the redirect is refused: keep
   * that URL.
   */
  readonly authorizeUrl: string;
  /** ISO 8601 UTC; 15 minutes after it was started. */
  readonly expiresAt: string;
  readonly identity: VerifiedIdentity | null;
  readonly problem: Problem | null;
  /** Suggested connection name: the tenant's name, made unique. */
  readonly suggestedName: string | null;
  readonly signIn: SignInMethod;
  readonly credential: CredentialKind;
  /** ISO 8601 UTC; end of the client secret or certificate; null when unknown. */
  readonly credentialExpiresAt: string | null;
}

/** The certificate of the application; its private key stays on the server, encrypted. */
export interface CertificateDto {
  readonly id: string;
  readonly subject: string;
  /** Upper-case hex, as the portal lists it. */
  readonly thumbprint: string;
  /** The public certificate, to upload to the app registration. */
  readonly pem: string;
  readonly generated: boolean;
  /** ISO 8601 UTC */
  readonly notAfter: string;
}

/** `ready`: usable; `needs-reauthentication`: Entra refused the refresh token. */
export const ConnectionState = z.enum(['ready', 'needs-reauthentication']);
export type ConnectionState = z.infer<typeof ConnectionState>;

export interface ConnectionSummaryDto {
  readonly id: string;
  readonly name: string;
  readonly state: ConnectionState;
  readonly cloud: string;
  readonly graphBaseUrl: string;
  readonly tenantName: string | null;
  readonly accountUsername: string;
  readonly owner: string;
  /** What who asks may do with it, within their role. */
  readonly access: ConnectionAccess;
  readonly datasetCount: number;
  readonly taskCount: number;
  readonly createdAt: string;
  readonly lastVerifiedAt: string;
  readonly signIn: SignInMethod;
  /** Conditions that stop this connection now or soon, most severe first. */
  readonly warnings: readonly ConnectionWarning[];
}

/** A condition of a connection that needs a person. */
export interface ConnectionWarning {
  readonly code: 'credential-expired' | 'credential-expires' | 'refresh-token-idle';
  readonly severity: 'error' | 'warning';
  readonly title: string;
  readonly remedy: string;
}

export interface ConnectionDto extends ConnectionSummaryDto {
  readonly clientId: string;
  readonly tenant: string;
  /** The gateway that reaches the tenant; null: the server itself. */
  readonly gateway: GatewayRef | null;
  readonly identity: VerifiedIdentity;
  readonly credential: CredentialKind;
  readonly certificate: CertificateDto | null;
  readonly credentialExpiresAt: string | null;
  /** Where the end of the credential is known from: a person, the app registration, or the certificate itself. */
  readonly expirySource: 'person' | 'registration' | 'certificate' | null;
  /** When the tokens were last renewed; ISO 8601 UTC. */
  readonly tokensRenewedAt: string;
  readonly updatedAt: string;
  /** Why it needs re-authentication; null when it does not. */
  readonly problem: Problem | null;
  readonly metadataGeneratedAt: string | null;
}

/** Result of Test connection. */
export interface ConnectionTestDto {
  readonly account: string;
  readonly tenantName: string | null;
  readonly permissions: readonly string[];
  /** Duration of the Graph request, milliseconds. */
  readonly latencyMs: number;
}

/** Name and endpoints of a cloud (Graph doc "National cloud deployments"). */
export interface Cloud {
  readonly name: string;
  /** Origin, e.g. `https://graph.microsoft.com`. */
  readonly graphOrigin: string;
  /** Origin, e.g. `https://login.microsoftonline.com`. */
  readonly authorityOrigin: string;
  /** Origin of the sign-in page, when it differs from the authority. */
  readonly signInOrigin?: string;
  /** PEM file of CA certificates that are trusted only for this cloud's two origins. */
  readonly caFile?: string;
}

/** Connection values of the demo tenant; they are not secret. */
export interface DemoConnectionDto {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly graphBaseUrl: string;
  readonly tenant: string;
  /** An account of the demo tenant; all accounts have the same password. */
  readonly username: string;
  readonly password: string;
}

/** A permission to add to the app registration. */
export interface PermissionAdvice {
  /** E.g. `User.Read.All`. */
  readonly name: string;
  readonly adminConsent: boolean;
  /** Datasets that need it. */
  readonly datasets: readonly string[];
  /** The datasets can be read without it, but not all of their rows. */
  readonly optional?: true;
}

/** A permission of a connection compared with the needs of its datasets. */
export interface PermissionReview {
  readonly name: string;
  /**
   * `granted`: needed and present. `covered`: needed, and another granted permission includes it. `missing`: datasets cannot be read
   * without it. `optional`: absent, and datasets can be read without it except for some rows. `unknown`: needed, and the token lists no
   * permissions. `not-needed`: present, but no dataset needs it.
   */
  readonly state: 'granted' | 'covered' | 'missing' | 'optional' | 'unknown' | 'not-needed';
  readonly adminConsent: boolean;
  readonly datasets: readonly string[];
  /** The granted permission that includes it. */
  readonly coveredBy: string | null;
}

/** Content of the side panel *Preparing for authentication*. */
export interface PreparationDto {
  readonly signIn: SignInMethod;
  readonly appName: string;
  readonly redirectUri: string;
  readonly permissions: readonly PermissionAdvice[];
  /** Admin consent URL with `{clientId}` and `{tenant}` filled in where known. */
  readonly adminConsentUrl: string | null;
  /** Azure CLI script that creates the app registration. */
  readonly azScript: string;
  /** JSON text for the manifest's `requiredResourceAccess`. */
  readonly requiredResourceAccess: string;
  /** Mail to the tenant administrator: what Entrada is, which permissions it needs and why, and the consent link. */
  readonly administratorText: string;
  /** Datasets to compute permissions for. */
  readonly catalogue: readonly { readonly name: string; readonly title: string; readonly area: string }[];
}
