import type { Clock } from '#lib/platform/clock.ts';
import type { SignInDirectory } from '../contract.ts';
import type { EmulatorKeys, EntraState } from '../state.ts';
import { EVERYONE } from '../state.ts';
import type { EntraFaults } from './faults.ts';
import type { EmulatedApp } from './registration/apps.ts';
import type { DeviceCodes } from './token/device-code.ts';
import { OauthError } from './token/oauth-error.ts';
import type { Sealer } from './token/sealer.ts';

/** Origins of the emulator. */
export interface Origins {
  /** For servers and Graph: `https://localhost:<TLS port>`. */
  readonly tls: string;
  /** `http://localhost:<port>` */
  readonly http: string;
  /** Pages for people: plain HTTP on this machine, so that no browser shows a certificate warning; elsewhere TLS, as at Entra. */
  readonly pages: string;
}

/** Dependencies of the Entra half. */
export interface EntraContext {
  readonly directory: SignInDirectory;
  readonly apps: readonly EmulatedApp[];
  readonly keys: EmulatorKeys;
  readonly sealer: Sealer;
  readonly state: EntraState;
  readonly clock: Clock;
  readonly origins: Origins;
  readonly faults: EntraFaults;
  readonly devices: DeviceCodes;
  /** The password of every account. */
  readonly password: string;
}

/** The tenant in a path, resolved. `shared`: /common or /organizations, where the account decides. */
export interface TenantSegment {
  readonly text: string;
  readonly shared: boolean;
}

/** The tenant of Microsoft accounts (personal ones). */
const CONSUMERS = ['consumers', '9188040d-6c67-4c5b-b112-36a304b66dad'];

/**
 * Resolves the first segment of a path: the tenant's id, one of its domains, `common` or `organizations`, case-insensitively.
 * @throws OauthError 90002 for another tenant, 500207 for personal accounts
 */
export function resolveTenant(context: EntraContext, segment: string): TenantSegment {
  const text = segment.toLowerCase();
  if (text === 'common' || text === 'organizations') return { text, shared: true };
  const { tenantId, domains } = context.directory;
  if (text === tenantId.toLowerCase() || domains.some((domain) => domain.toLowerCase() === text)) return { text, shared: false };
  if (CONSUMERS.includes(text)) {
    throw new OauthError(500207, "The account type can't be used for the resource you're trying to access.");
  }
  throw new OauthError(
    90002,
    `Tenant '${segment}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
  );
}

/**
 * The app registration `clientId`, after checking that `tenant` may use it.
 * @throws OauthError 900144, 700016, 7000112, 50194
 */
export function requireApp(context: EntraContext, clientId: string | null, tenant: TenantSegment): EmulatedApp {
  const id = requireParameter(clientId, 'client_id');
  const app = context.apps.find((candidate) => candidate.clientId === id.toLowerCase());
  if (app === undefined) {
    throw new OauthError(
      700016,
      `Application with identifier '${id}' was not found in the directory '${context.directory.tenantDisplayName}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
    );
  }
  if (!app.enabled) throw new OauthError(7000112, `Application '${app.clientId}'(${app.displayName}) is disabled.`);
  if (tenant.shared && !app.multiTenant) {
    throw new OauthError(
      50194,
      `Application '${app.clientId}'(${app.displayName}) is not configured as a multi-tenant application. Usage of the /common endpoint is not supported for such apps created after '10/15/2018'. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
    );
  }
  return app;
}

/** @throws OauthError 900144 when the parameter is missing or empty */
export function requireParameter(value: string | null, name: string): string {
  if (value === null || value === '') {
    throw new OauthError(900144, `The request body must contain the following parameter: '${name}'.`);
  }
  return value;
}

/** Delegated permissions and OpenID scopes with consent for this user: by the administrator, or by the user. */
export function consentedPermissions(context: EntraContext, app: EmulatedApp, userId: string): readonly string[] {
  return [...new Set([...app.adminConsented, ...context.state.consentedTo(app.clientId, userId)])];
}

/** Stores a consent; `forEveryone`: by an administrator, on behalf of the organization. */
export function recordConsent(
  context: EntraContext,
  app: EmulatedApp,
  consent: { readonly userId: string; readonly names: readonly string[]; readonly forEveryone: boolean },
): void {
  context.state.consent(app.clientId, consent.forEveryone ? EVERYONE : consent.userId, consent.names);
}
