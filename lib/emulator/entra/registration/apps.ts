import { createHash } from 'node:crypto';
import type { AppRegistration } from '#lib/emulator/contract.ts';
import { READ_EVERYTHING } from './permissions.ts';

/** An app registration with its enterprise app (service principal) in the demo tenant. */
export interface EmulatedApp extends AppRegistration {
  /** Stable key for scripts. */
  readonly key: string;
  /** Purpose of the app, for people who try it. */
  readonly purpose: string;
  readonly servicePrincipalId: string;
  /** False: the audience is "this organization only"; /common and /organizations refuse it. */
  readonly multiTenant: boolean;
  /** "Allow public client flows": a device without a secret may sign people in. */
  readonly publicClient: boolean;
  /** Delegated permissions of the registration, for which `.default` requests consent. */
  readonly configured: readonly string[];
  /** Granted application permissions. */
  readonly applicationPermissions: readonly string[];
}

const FAR_FUTURE = '2099-12-31T23:59:59Z';

/** A UUID in the form of a random one, derived from `name`. */
function stableUuid(name: string): string {
  const hex = createHash('sha256').update(name).digest('hex');
  const variant = '89ab'[Number.parseInt(hex.slice(16, 17), 16) % 4];
  return `${hex.slice(0, 8)}-${hex.slice(8, 12)}-4${hex.slice(13, 16)}-${variant}${hex.slice(17, 20)}-${hex.slice(20, 32)}`;
}

/** A secret in Entra's form (40 characters, `xxx8Q~…`), derived from `name`. */
function stableSecret(name: string): string {
  const text = createHash('sha512').update(name).digest('base64url');
  return `${text.slice(0, 3)}8Q~${text.slice(3, 37)}`;
}

interface AppSpec {
  readonly key: string;
  readonly displayName: string;
  readonly purpose: string;
  readonly adminConsented: readonly string[];
  readonly configured?: readonly string[];
  readonly enabled?: boolean;
  readonly multiTenant?: boolean;
  readonly publicClient?: boolean;
  readonly secretExpiresAt?: string;
}

const FEW: readonly string[] = ['User.Read', 'User.ReadBasic.All'];

const SPECS: readonly AppSpec[] = [
  {
    key: 'main',
    displayName: 'Entrada demo',
    purpose: 'Reads everything; an administrator has consented.',
    adminConsented: READ_EVERYTHING,
    publicClient: true,
  },
  {
    key: 'least',
    displayName: 'Entrada demo, least',
    purpose: 'Few permissions: only basic profiles are consented, so most datasets answer 403.',
    adminConsented: FEW,
    configured: FEW,
  },
  {
    key: 'unconsented',
    displayName: 'Entrada demo, not consented',
    purpose: 'Nothing is consented yet: shows the consent page, or "Need admin approval" to those who are no administrator.',
    adminConsented: [],
    configured: ['User.Read', 'User.Read.All', 'Group.Read.All'],
  },
  {
    key: 'expired-secret',
    displayName: 'Entrada demo, expired secret',
    purpose: 'Its client secret has expired (AADSTS7000222).',
    adminConsented: READ_EVERYTHING,
    secretExpiresAt: '2024-01-31T00:00:00Z',
  },
  {
    key: 'disabled',
    displayName: 'Entrada demo, disabled',
    purpose: 'The application is disabled (AADSTS7000112).',
    adminConsented: READ_EVERYTHING,
    enabled: false,
  },
  {
    key: 'single-tenant',
    displayName: 'Entrada demo, single tenant',
    purpose: 'Registered for this tenant only: /common and /organizations refuse it (AADSTS50194).',
    adminConsented: READ_EVERYTHING,
    multiTenant: false,
  },
];

/** The tenant's app registrations; ids and secrets depend only on the seed. The first one is the demo's own. */
export function createApps(seed: number, redirectUris: readonly string[]): readonly EmulatedApp[] {
  return SPECS.map((spec) => {
    const name = `${seed}:app:${spec.key}`;
    return {
      key: spec.key,
      clientId: stableUuid(name),
      servicePrincipalId: stableUuid(`${name}:service-principal`),
      displayName: spec.displayName,
      purpose: spec.purpose,
      secrets: [{ id: stableUuid(`${name}:secret`), value: stableSecret(name), expiresAt: spec.secretExpiresAt ?? FAR_FUTURE }],
      redirectUris,
      adminConsented: spec.adminConsented,
      configured: spec.configured ?? READ_EVERYTHING,
      applicationPermissions: spec.adminConsented,
      enabled: spec.enabled ?? true,
      multiTenant: spec.multiTenant ?? true,
      publicClient: spec.publicClient ?? false,
    };
  });
}

/**
 * Whether `uri` is registered: exact and case-sensitive, except that the port of `http://localhost` is ignored.
 * @see entra-docs identity-platform/reply-url
 */
export function isRegisteredRedirect(app: AppRegistration, uri: string): boolean {
  return app.redirectUris.some((registered) => withoutLocalPort(registered) === withoutLocalPort(uri));
}

function withoutLocalPort(uri: string): string {
  return uri.replace(/^(https?:\/\/localhost):\d+(?=[/?#]|$)/, '$1');
}
