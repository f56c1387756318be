import type { SourceConnection } from '#lib/domain/account/session.ts';
import { type RunningEmulator, startEmulator } from '#lib/emulator/start.ts';
import type { SourceOperations } from '../source-operations.ts';
import { createMemoryConnections } from './memory-connections.ts';

/** An emulated tenant with operations that may talk to it, all of them through JSON. */
export interface DemoTenant {
  readonly emulator: RunningEmulator;
  readonly executor: SourceOperations;
  /** As the application, with every permission that the demo registration has. */
  signIn(): Promise<{ readonly connection: SourceConnection; readonly permissions: readonly string[] }>;
  /** Sets faults of Graph; `{}` takes them away. */
  misbehave(faults: object): Promise<void>;
  stop(): Promise<void>;
}

export async function createDemoTenant(dir: string, users: number): Promise<DemoTenant> {
  const emulator = await startEmulator({ dir, httpPort: 0, tlsPort: 0, users, redirectUris: [] });
  const { authority, graphBaseUrl, clientId, clientSecret, tenantDomain, adminUrl, adminToken } = emulator.info;
  const cloud = { name: 'Emulated', graphOrigin: new URL(graphBaseUrl).origin, authorityOrigin: authority };
  const { operations: executor, connect } = createMemoryConnections({ extraClouds: [cloud], caPem: emulator.caPem });
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
      return { connection: connect(settings, tokenCache), permissions: identity.permissions };
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
