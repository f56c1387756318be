import { X509Certificate } from 'node:crypto';
import { join } from 'node:path';
import { type Clock, systemClock } from '#lib/platform/clock.ts';
import { createLog } from '#lib/platform/log.ts';
import { type AdminActions, createAdminHandler } from './admin.ts';
import type { EmulatorHandler, SignInDirectory, SignInUser, VerifyAccessToken } from './contract.ts';
import type { EntraContext } from './entra/context.ts';
import { createEntraFaults } from './entra/faults.ts';
import { createEntraHandler } from './entra/handler.ts';
import { createApps } from './entra/registration/apps.ts';
import { registrationRow } from './entra/registration/registrations.ts';
import { createDeviceCodes } from './entra/token/device-code.ts';
import { createTokenVerifier } from './entra/token/jwt.ts';
import { createSealer } from './entra/token/sealer.ts';
import { createGraphFaults, type GraphFaults } from './graph/faults.ts';
import { createGraphHandler } from './graph/handler.ts';
import type { EmulatorAccount, EmulatorInfo } from './info.ts';
import { listen } from './server.ts';
import { EVERYONE, openEntraState, openKeys, writePrivateFile } from './state.ts';
import { createTenant, type Tenant } from './tenant/tenant.ts';
import { openTls } from './tls.ts';

/** Options of an emulator. */
export interface EmulatorOptions {
  /** Folder of its state: CA, keys, consents, changes to the data. Created when missing. */
  readonly dir: string;
  /** Port of the pages; 0 = any free port. */
  readonly httpPort: number;
  /** Port of everything else; 0 = any free port. */
  readonly tlsPort: number;
  /** Default `localhost` (both loopback addresses). */
  readonly host?: string;
  /** Number of users in the directory. */
  readonly users: number;
  /** The same seed and number of users give the same tenant. */
  readonly seed?: number;
  /** Redirect URIs of the app registrations. */
  readonly redirectUris: readonly string[];
  readonly clock?: Clock;
}

export interface RunningEmulator {
  readonly info: EmulatorInfo;
  readonly caPem: string;
  mutate(spec?: unknown): Promise<unknown>;
  stop(): Promise<void>;
}

/** The password of every account of the demo tenant. */
const DEMO_PASSWORD = 'Entrada-demo-1';

/** Seed of the tenant when none is given. */
const DEFAULT_SEED = 1;

/** The directory behind both halves. */
export interface EmulatedTenant extends SignInDirectory {
  mutate(spec: unknown): unknown;
}

/** The Graph half for start.ts; tests of the Entra half use a stub. */
export interface EmulatorParts {
  readonly createTenant: (options: {
    readonly seed: number;
    readonly users: number;
    readonly dir: string;
    readonly clock: Clock;
  }) => EmulatedTenant | Promise<EmulatedTenant>;
  readonly createGraphHandler: (options: {
    readonly tenant: EmulatedTenant;
    readonly verifyAccessToken: VerifyAccessToken;
    /** `https://localhost:<TLS port>` */
    readonly origin: string;
    readonly clock: Clock;
    readonly faults: GraphFaults;
    /** A registration of the tenant by its appId. */
    readonly registration: (appId: string) => Readonly<Record<string, unknown>> | null;
  }) => EmulatorHandler;
}

const realParts: EmulatorParts = {
  createTenant,
  createGraphHandler: ({ tenant, ...rest }) => createGraphHandler({ tenant: tenant as Tenant, ...rest }),
};

/**
 * Starts the demo tenant: Entra and Graph on the TLS port, pages on the HTTP port.
 * @throws the system's error when a port is in use (`EADDRINUSE`) or `dir` cannot be written
 */
export function startEmulator(options: EmulatorOptions): Promise<RunningEmulator> {
  return startEmulatorOf(realParts, options);
}

/** Like `startEmulator`, with another Graph half. */
export async function startEmulatorOf(parts: EmulatorParts, options: EmulatorOptions): Promise<RunningEmulator> {
  const { dir, host = 'localhost', seed = DEFAULT_SEED, clock = systemClock } = options;
  const log = createLog('emulator');
  const keys = openKeys(dir);
  const tls = await openTls(dir, clock.now(), host === 'localhost' ? [] : [host]);
  const directory = await parts.createTenant({ seed, users: options.users, dir, clock });
  const apps = createApps(seed, options.redirectUris);
  const stopped = Promise.withResolvers<void>();

  // The ports are known only after they are open, and requests wait until then.
  const ready = Promise.withResolvers<{ readonly browser: EmulatorHandler; readonly all: EmulatorHandler }>();
  const onError = (error: unknown) => log.error({ err: error }, 'a request failed');
  const secure = await listen({
    host,
    port: options.tlsPort,
    tls: { cert: tls.certPem, key: tls.keyPem },
    handle: async (request) => (await ready.promise).all(request),
    onError,
  });
  const plain = await listen({
    host,
    port: options.httpPort,
    handle: async (request) => (await ready.promise).browser(request),
    onError,
  }).catch(async (error: unknown) => {
    await secure.close();
    throw error;
  });

  const own = { tls: `https://${host}:${secure.port}`, http: `http://${host}:${plain.port}` };
  const origins = { ...own, pages: host === 'localhost' ? own.http : own.tls };
  const sealer = createSealer(keys.sealing);
  const verifyAccessToken = createTokenVerifier({ signing: keys.signing, audience: () => origins.tls, clock, sealer });
  const context: EntraContext = {
    directory,
    apps,
    keys,
    clock,
    origins,
    sealer,
    state: openEntraState(dir),
    faults: createEntraFaults(),
    devices: createDeviceCodes(clock),
    password: DEMO_PASSWORD,
  };
  const info = describeEmulator(context, tls.caFile);
  const entra = createEntraHandler(context, { verifyAccessToken, stopped: stopped.promise });
  const graphFaults = createGraphFaults();
  const graph = parts.createGraphHandler({
    tenant: directory,
    verifyAccessToken,
    origin: origins.tls,
    clock,
    faults: graphFaults,
    registration: (appId) => findRegistration(context, appId),
  });
  const mutate = async (spec: unknown = {}) => directory.mutate(spec);
  const admin = createAdminHandler(keys.adminToken, adminActions(context, { info, mutate, graphFaults }));
  ready.resolve({ browser: firstOf([admin, onlyPages(entra)]), all: firstOf([entra, graph]) });
  writePrivateFile(join(dir, 'emulator.json'), JSON.stringify(info, null, 2));
  return {
    info,
    caPem: tls.caPem,
    mutate,
    stop: async () => {
      stopped.resolve();
      await Promise.all([secure.close(), plain.close()]);
    },
  };
}

function adminActions(
  context: EntraContext,
  parts: {
    readonly info: EmulatorInfo;
    readonly mutate: (spec: unknown) => Promise<unknown>;
    readonly graphFaults: GraphFaults;
  },
): AdminActions {
  return {
    info: () => parts.info,
    tenantDisplayName: context.directory.tenantDisplayName,
    mutate: parts.mutate,
    addCertificate: (clientId, pem) => addCertificate(context, clientId, pem),
    planAuthorizeFaults: (faults) => context.faults.planAuthorize(faults),
    planTokenFaults: (faults) => context.faults.plan(faults),
    setAccessTokenFault: (fault) => context.faults.setAccessTokens(fault),
    tokenFaultsLeft: () => context.faults.left(),
    setGraphFaults: (settings) => parts.graphFaults.set(settings),
    revoke: (username) => revoke(context, username),
  };
}

function firstOf(handlers: readonly EmulatorHandler[]): EmulatorHandler {
  return async (request) => {
    for (const handle of handlers) {
      const response = await handle(request);
      if (response !== null) return response;
    }
    return null;
  };
}

/** The HTTP port serves only pages; codes and secrets are exchanged only over TLS. */
function onlyPages(entra: EmulatorHandler): EmulatorHandler {
  const pages = /^\/[^/]+\/(oauth2\/v2\.0\/(authorize|logout)|oauth2\/deviceauth|login|v2\.0\/adminconsent)$|^\/error$/i;
  return async (request) => (pages.test(request.url.pathname) ? entra(request) : null);
}

function revoke(context: EntraContext, username: string | null): boolean {
  const user = username === null ? null : context.directory.findUser(username);
  if (username !== null && user === null) return false;
  context.state.revoke(user?.id ?? EVERYONE, context.clock.now().getTime());
  return true;
}

function findRegistration({ apps, state }: EntraContext, appId: string): Readonly<Record<string, unknown>> | null {
  const app = apps.find(({ clientId }) => clientId === appId.toLowerCase());
  return app === undefined ? null : registrationRow(app, state);
}

function addCertificate({ apps, state }: EntraContext, clientId: string, pem: string): boolean {
  if (!apps.some((app) => app.clientId === clientId.toLowerCase())) return false;
  state.addCertificate(clientId.toLowerCase(), new X509Certificate(pem).toString());
  return true;
}

function describeEmulator(context: EntraContext, caFile: string): EmulatorInfo {
  const { directory, origins, apps } = context;
  const [main, ...others] = apps.map((app) => ({
    key: app.key,
    purpose: app.purpose,
    clientId: app.clientId,
    clientSecret: app.secrets[0]?.value ?? '',
  }));
  return {
    graphBaseUrl: `${origins.tls}/v1.0`,
    authority: origins.tls,
    tenantId: directory.tenantId,
    tenantDomain: directory.domains[0] ?? directory.tenantId,
    clientId: main?.clientId ?? '',
    clientSecret: main?.clientSecret ?? '',
    users: directory.suggestedUsers().map((user) => ({
      username: user.userPrincipalName,
      password: DEMO_PASSWORD,
      displayName: user.displayName,
      kind: kindOf(user),
    })),
    password: DEMO_PASSWORD,
    otherApps: others,
    caFile,
    adminUrl: origins.http,
    adminToken: context.keys.adminToken,
  };
}

function kindOf(user: SignInUser): EmulatorAccount['kind'] {
  if (!user.accountEnabled) return 'disabled';
  if (user.isAdmin) return 'administrator';
  return user.isGuest ? 'guest' : 'member';
}
