import type { ConnectionSession, TokenCacheStore } from '#lib/domain/account/session.ts';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import { systemClock } from '#lib/platform/clock.ts';
import type { Executor } from '#lib/services/ports.ts';
import { createExecutor } from '../create.ts';

/** An emulated tenant with an executor that may talk to it. */
export interface DemoTenant {
  readonly emulator: RunningEmulator;
  readonly executor: Executor;
  /** As the application, with every permission that the demo registration has. */
  signIn(): Promise<{ readonly session: ConnectionSession; readonly permissions: readonly string[] }>;
  /** Sets faults of Graph; `{}` takes them away. */
  misbehave(faults: object): Promise<void>;
  stop(): Promise<void>;
}

export async function createDemoTenant(dir: string, users: number): Promise<DemoTenant> {
  const emulator = await startEmulator({ dir, httpPort: 0, tlsPort: 0, users, redirectUris: [] });
  const { authority, graphBaseUrl, clientId, clientSecret, tenantDomain, adminUrl, adminToken } = emulator.info;
  const cloud = { name: 'Emulated', graphOrigin: new URL(graphBaseUrl).origin, authorityOrigin: authority };
  const executor = createExecutor({
    extraClouds: [cloud],
    caPem: emulator.caPem,
    clock: systemClock,
  });
  const settings = {
    clientId,
    credential: { kind: 'secret', secret: clientSecret },
    signIn: 'app-only',
    graphBaseUrl,
    tenant: tenantDomain,
  } as const;
  return {
    emulator,
    executor,
    async signIn() {
      const { tokenCache, identity } = await executor.signInApplication({ settings });
      return { session: { settings, tokens: inMemory(tokenCache) }, permissions: identity.permissions };
    },
    async misbehave(faults) {
      const headers = { authorization: `Bearer ${adminToken}` };
      const response = await fetch(`${adminUrl}/__admin/faults`, {
        method: 'POST',
        headers,
        body: JSON.stringify({ graph: faults }),
      });
      if (!response.ok) throw new Error(`faults were not set: ${await response.text()}`);
    },
    stop: () => emulator.stop(),
  };
}

function inMemory(cache: string): TokenCacheStore {
  let saved = cache;
  return {
    load: async () => saved,
    renew: async (work) => {
      const { serialised, value } = await work(saved);
      saved = serialised;
      return value;
    },
  };
}
