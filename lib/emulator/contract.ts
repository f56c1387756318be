/** An app registration known to the emulated tenant. */
export interface AppRegistration {
  readonly clientId: string;
  readonly displayName: string;
  /** Values of its client secrets. */
  readonly secrets: readonly EmulatedSecret[];
  /** Registered redirect URIs (platform Web). For `http://localhost` the port is ignored in matching. */
  readonly redirectUris: readonly string[];
  /** Delegated Graph permissions with tenant-wide admin consent. */
  readonly adminConsented: readonly string[];
  readonly enabled: boolean;
}

export interface EmulatedSecret {
  readonly id: string;
  readonly value: string;
  /** ISO 8601 UTC. */
  readonly expiresAt: string;
}

/** Facts about a person for the Entra half. */
export interface SignInUser {
  readonly id: string;
  readonly userPrincipalName: string;
  readonly displayName: string;
  readonly accountEnabled: boolean;
  readonly isAdmin: boolean;
  readonly isGuest: boolean;
}

/** The directory for the Entra half; the Graph half owns the data. */
export interface SignInDirectory {
  readonly tenantId: string;
  readonly tenantDisplayName: string;
  readonly domains: readonly string[];
  findUser(userPrincipalNameOrMail: string): SignInUser | null;
  userById(id: string): SignInUser | null;
  /** Some people to pick on the sign-in page: an administrator, members, a guest, a disabled one. */
  suggestedUsers(): readonly SignInUser[];
}

/** Claims of an access token for Graph, which the Entra half issues and the Graph half checks (v1.0 token claims). */
export interface AccessClaims {
  readonly aud: string;
  readonly iss: string;
  /** Seconds since 1970. */
  readonly exp: number;
  readonly appid: string;
  readonly tid: string;
  /** Object id of the user, or of the service principal for app-only. */
  readonly oid: string;
  /** Delegated permissions, space separated; absent for app-only. */
  readonly scp?: string;
  /** Application permissions; absent for delegated. */
  readonly roles?: readonly string[];
  readonly upn?: string;
}

/** Checks a bearer token's signature and times. */
export type VerifyAccessToken = (
  token: string,
) => { readonly ok: true; readonly claims: AccessClaims } | { readonly ok: false; readonly reason: 'expired' | 'invalid' };

/** A request for the emulator's parts: completely read, independent of the host. */
export interface EmulatorRequest {
  readonly method: string;
  /** Absolute URL as the client sent it. */
  readonly url: URL;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array;
}

/** Large bodies are generators of chunks, so that a million users are never in memory. */
export interface EmulatorResponse {
  readonly status: number;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string | Uint8Array | AsyncIterable<string | Uint8Array> | null;
}

/** One half of the emulator; null = another half's path. */
export type EmulatorHandler = (request: EmulatorRequest) => Promise<EmulatorResponse | null>;
