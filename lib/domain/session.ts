/** Settings of an app registration, secret in clear: lives only in memory of the process that talks to Entra. */
export interface ClientSettings {
  readonly clientId: string;
  readonly clientSecret: string;
  /** E.g. `https://graph.microsoft.com/v1.0`, already checked against the allowed hosts. */
  readonly graphBaseUrl: string;
  /** Tenant id, domain or `organizations`. */
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
