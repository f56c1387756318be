import { z } from 'zod';
import { SignInMethod } from '#lib/domain/connection/connection.ts';
import { secretText } from '#lib/domain/secret-text.ts';

/** The credential of an application, in clear text. */
export const ClientCredential = z.discriminatedUnion('kind', [
  z.object({ kind: z.literal('secret'), secret: secretText() }),
  z.object({
    kind: z.literal('certificate'),
    /** Hex, for msal-node (`x5t#S256`). */
    thumbprintSha256: z.string(),
    /** Hex; the app registration lists certificates by it. */
    thumbprintSha1: z.string(),
    /** PKCS #8, PEM. */
    privateKeyPem: secretText(),
  }),
]);
export type ClientCredential = Readonly<z.infer<typeof ClientCredential>>;

/** Settings of an app registration with its credential in clear text. Exists only in the memory of the process that talks to Entra. */
export const ClientSettings = z.object({
  clientId: z.string(),
  credential: ClientCredential,
  signIn: SignInMethod,
  /** E.g. `https://graph.microsoft.com/v1.0`, already validated against the allowed hosts. */
  graphBaseUrl: z.string(),
  /** Tenant id, domain or `organizations`; for app-only sign-in never `organizations`. */
  tenant: z.string(),
});
export type ClientSettings = Readonly<z.infer<typeof ClientSettings>>;

/**
 * A connection as input of an operation at the source. It holds no tokens: the process that runs the operation gets them from its access tokens
 * port by these ids.
 */
export const SourceConnection = z.object({
  /** Id of the connection, or of the verification before the connection exists. */
  id: z.string(),
  /** Id of the secret that holds MSAL's token cache. */
  tokenCacheId: z.string(),
  settings: ClientSettings,
});
export type SourceConnection = Readonly<z.infer<typeof SourceConnection>>;

/** MSAL's serialised token cache, which the store keeps encrypted. */
export interface TokenCacheStore {
  /** The cache as last saved. */
  load(): Promise<string>;
  /**
   * Renews the cache under a lock across machines. `work` receives the current cache; the cache that it returns is saved before this promise
   * resolves, because Entra does not issue a rotated refresh token twice. When `work` throws, nothing is saved.
   */
  renew<T>(work: (serialised: string) => Promise<{ readonly serialised: string; readonly value: T }>): Promise<T>;
}
