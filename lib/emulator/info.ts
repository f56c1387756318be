/** How to reach the emulator and sign in to its tenant; also stored in `<dir>/emulator.json`. */
export interface EmulatorInfo {
  /** `https://localhost:<TLS port>/v1.0` */
  readonly graphBaseUrl: string;
  /** `https://localhost:<TLS port>` */
  readonly authority: string;
  readonly tenantId: string;
  /** One of its domains; also usable as tenant name. */
  readonly tenantDomain: string;
  readonly clientId: string;
  readonly clientSecret: string;
  readonly users: readonly EmulatorAccount[];
  /** Every account of the tenant has this password. */
  readonly password: string;
  /** Further app registrations, each for one test case. */
  readonly otherApps: readonly OtherApp[];
  /** CA certificate to trust. */
  readonly caFile: string;
  /** `http://localhost:<port>`: the page about the tenant, and the admin endpoints under `/__admin/`. */
  readonly adminUrl: string;
  readonly adminToken: string;
}

export interface EmulatorAccount {
  readonly username: string;
  readonly password: string;
  readonly displayName: string;
  readonly kind: 'administrator' | 'member' | 'guest' | 'disabled';
}

export interface OtherApp {
  /** Stable key for scripts: `least`, `unconsented`, `expired-secret`, `disabled`, `single-tenant`. */
  readonly key: string;
  readonly purpose: string;
  readonly clientId: string;
  readonly clientSecret: string;
}
