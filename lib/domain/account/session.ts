import { z } from 'zod';
import { SignInMethod } from '#lib/domain/connection/connection.ts';
import { secretText } from '#lib/domain/secret-text.ts';

/** What proves the application, in clear. */
export const ClientCredential = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('secret'), secret: secretText() }),
  z.object({
    kind: z.literal('certificate'),
    /** Hex, as msal-node takes it (`x5t#S256`). */
    thumbprintSha256: z.string(),
    /** Hex; the registration names its certificates by it. */
    thumbprintSha1: z.string(),
    /** PKCS #8, PEM. */
    privateKeyPem: secretText(),
  }),
]);
export type ClientCredential = Readonly<z.infer<typeof ClientCredential>>;

/** Settings of an app registration, credential in clear: lives only in memory of the process that talks to Entra. */
export const ClientSettings = z.object({
  clientId: z.string(),
  credential: ClientCredential,
  signIn: SignInMethod,
  /** E.g. `https://graph.microsoft.com/v1.0`, already checked against the allowed hosts. */
  graphBaseUrl: z.string(),
  /** Tenant id, domain or `organizations`; never the last one for app-only sign-in. */
  tenant: z.string(),
});
export type ClientSettings = Readonly<z.infer<typeof ClientSettings>>;

/**
 * A connection as an operation at the source names it. Its tokens are not part of it: the process that runs the operation has them from
 * its access tokens port, by these ids.
 */
export const SourceConnection = z.object({
  /** Of the connection, or of the verification before there is one. */
  id: z.string(),
  /** Of the secret that holds MSAL's token cache. */
  tokenCacheId: z.string(),
  settings: ClientSettings,
});
export type SourceConnection = Readonly<z.infer<typeof SourceConnection>>;

/** MSAL's serialised token cache, held encrypted by the store. */
export interface TokenCacheStore {
  /** The cache as last saved. */
  load(): Promise<string>;
  /**
   * Renews the cache under a lock that all machines share. `work` receives the current cache; the cache that it returns is saved before this
   * resolves, because a rotated refresh token cannot be requested twice. Nothing is saved when `work` throws.
   */
  renew<T>(work: (serialised: string) => Promise<{ readonly serialised: string; readonly value: T }>): Promise<T>;
}
