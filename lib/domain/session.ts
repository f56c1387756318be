import type { SignInMethod } from './connection.ts';

/** What proves the application, in clear. */
export type ClientCredential =
  | { readonly kind: 'secret'; readonly secret: string }
  | {
      readonly kind: 'certificate';
      /** Hex, as msal-node takes it (`x5t#S256`). */
      readonly thumbprintSha256: string;
      /** Hex; the registration names its certificates by it. */
      readonly thumbprintSha1: string;
      /** PKCS #8, PEM. */
      readonly privateKeyPem: string;
    };

/** Settings of an app registration, credential in clear: lives only in memory of the process that talks to Entra. */
export interface ClientSettings {
  readonly clientId: string;
  readonly credential: ClientCredential;
  readonly signIn: SignInMethod;
  /** E.g. `https://graph.microsoft.com/v1.0`, already checked against the allowed hosts. */
  readonly graphBaseUrl: string;
  /** Tenant id, domain or `organizations`; never the last one for app-only sign-in. */
  readonly tenant: string;
}

/**
 * MSAL's serialised token cache, held encrypted by the store. `save` must have happened before a refreshed token is used: a rotated
 * refresh token that is lost can't be had again.
 */
export interface TokenCacheStore {
  /** The cache as last saved. */
  load(): Promise<string>;
  /** Replaces it; throws ConflictError when somebody else saved since `load` (the caller loads again). */
  save(serialised: string): Promise<void>;
}

/** A connection as the executor needs it. */
export interface ConnectionSession {
  readonly settings: ClientSettings;
  readonly tokens: TokenCacheStore;
}
