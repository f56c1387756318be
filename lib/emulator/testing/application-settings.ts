import type { RunningEmulator } from '../start.ts';

/** The sign-in of the demo tenant's application itself. */
export function applicationSettings({ info }: Pick<RunningEmulator, 'info'>) {
  return {
    clientId: info.clientId,
    credential: { kind: 'secret', secret: info.clientSecret },
    signIn: 'app-only',
    graphBaseUrl: info.graphBaseUrl,
    tenant: info.tenantDomain,
  } as const;
}
