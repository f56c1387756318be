import { z } from 'zod';
import { idSchema } from './id.ts';
import type { Problem } from './problem.ts';

export const GUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;
export const DEFAULT_GRAPH_BASE_URL = 'https://graph.microsoft.com/v1.0';
export const DEFAULT_TENANT = 'organizations';

/**
 * What a person types into the dialog before authenticating. Client ID and secret are those of the app registration
 * (Application (client) ID and the secret's Value).
 */
export const ConnectionSettingsInput = z.object({
  gatewayId: idSchema('gw').nullable().default(null),
  clientId: z
    .string()
    .trim()
    .regex(GUID, 'The Client ID is a GUID: copy "Application (client) ID" from the registration\'s Overview page.'),
  clientSecret: z
    .string()
    .trim()
    .min(1, 'Paste the Value of a client secret.')
    .max(2048, 'A client secret is shorter than this; paste only its Value.')
    .refine((value) => !GUID.test(value), {
      message: "This looks like the Secret ID. Paste the secret's Value: it is shown only once, right after the secret is made.",
    }),
  graphBaseUrl: z
    .string()
    .trim()
    .pipe(z.url('Enter an address such as https://graph.microsoft.com/v1.0.'))
    .default(DEFAULT_GRAPH_BASE_URL),
  tenant: z
    .string()
    .trim()
    .max(255)
    .regex(/^(|[A-Za-z0-9][A-Za-z0-9.-]*)$/, 'Enter a tenant ID (GUID) or a domain such as contoso.com.')
    .transform((value) => (value === '' ? DEFAULT_TENANT : value))
    .default(DEFAULT_TENANT),
});
export type ConnectionSettingsInput = z.infer<typeof ConnectionSettingsInput>;

export const ConnectionName = z
  .string()
  .trim()
  .min(1, 'Give the connection a name.')
  .max(120, 'A connection name has at most 120 characters.');

/** Largest paste that is looked at: a code is some 1 to 2 KB, a whole redirect URL a little more. */
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

/** Who signed in, where, and what the token may do. */
export interface VerifiedIdentity {
  readonly account: { readonly username: string; readonly name: string | null; readonly objectId: string };
  readonly tenant: { readonly id: string; readonly name: string | null; readonly defaultDomain: string | null };
  /** Delegated permissions (scopes) of the token, without resource prefix and without the OpenID scopes. */
  readonly permissions: readonly string[];
}

/** One run through the verification part of the dialog. */
export interface VerificationDto {
  readonly id: string;
  readonly status: VerificationStatus;
  /**
   * Where the sign-in window goes. Only the answer of startVerification holds the `state`, without which the way back is refused: keep
   * that one.
   */
  readonly authorizeUrl: string;
  /** ISO 8601 UTC; 15 minutes after it was started. */
  readonly expiresAt: string;
  readonly identity: VerifiedIdentity | null;
  readonly problem: Problem | null;
  /** Suggested connection name: the tenant's, made unique. */
  readonly suggestedName: string | null;
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
  readonly datasetCount: number;
  readonly taskCount: number;
  readonly createdAt: string;
  readonly lastVerifiedAt: string;
}

export interface ConnectionDto extends ConnectionSummaryDto {
  readonly clientId: string;
  readonly tenant: string;
  readonly identity: VerifiedIdentity;
  readonly metadataGeneratedAt: string | null;
}

/** Answer of Test connection. */
export interface ConnectionTestDto {
  readonly account: string;
  readonly tenantName: string | null;
  readonly permissions: readonly string[];
  /** Time of the Graph call, milliseconds. */
  readonly latencyMs: number;
}

/** What one cloud is called and where it is (graph-facts: national and sovereign clouds). */
export interface Cloud {
  readonly name: string;
  /** Origin, e.g. `https://graph.microsoft.com`. */
  readonly graphOrigin: string;
  /** Origin, e.g. `https://login.microsoftonline.com`. */
  readonly authorityOrigin: string;
}

/** Connection values of the demo tenant; they are public by design. */
export interface DemoConnectionDto {
  readonly clientId: string;
  readonly clientSecret: string;
  readonly graphBaseUrl: string;
  readonly tenant: string;
  /** Who can sign in there; the password is the same for all. */
  readonly username: string;
  readonly password: string;
}

/** One permission that a person has to add to the app registration. */
export interface PermissionAdvice {
  /** E.g. `User.Read.All`. */
  readonly name: string;
  readonly adminConsent: boolean;
  /** Datasets that need it. */
  readonly datasets: readonly string[];
}

/** Everything that the side panel *Preparing for authentication* shows. */
export interface PreparationDto {
  readonly appName: string;
  readonly redirectUri: string;
  readonly permissions: readonly PermissionAdvice[];
  /** Admin consent URL with `{clientId}` and `{tenant}` filled in where known. */
  readonly adminConsentUrl: string | null;
  /** Azure CLI script that does the registration. */
  readonly azScript: string;
  /** JSON text for the manifest's `requiredResourceAccess`. */
  readonly requiredResourceAccess: string;
}
