import type { SignInMethod } from '#lib/domain/connection/connection.ts';

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

/** MSAL's serialised token cache, held encrypted by the store. */
export interface TokenCacheStore {
  /** The cache as last saved. */
  load(): Promise<string>;
  /**
   * Renews it while nobody else does, on any machine: `work` gets the cache as it is now, and what it gives back is saved before this
   * resolves, since a rotated refresh token that is lost can't be had again. Nothing is saved when `work` throws.
   */
  renew<T>(work: (serialised: string) => Promise<{ readonly serialised: string; readonly value: T }>): Promise<T>;
}

/** A connection as the executor needs it. */
export interface ConnectionSession {
  readonly settings: ClientSettings;
  readonly tokens: TokenCacheStore;
}
