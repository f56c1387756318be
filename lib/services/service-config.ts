import type { Env } from '#lib/platform/config/env.ts';
import type { ServiceConfig } from './context.ts';

/** The part of the environment that services are given. */
export function serviceConfig(env: Env): ServiceConfig {
  return {
    baseUrl: env.baseUrl,
    demo: env.ENTRADA_DEMO_CONNECTION ?? null,
    landingLocation: env.ENTRADA_LANDING_URL === undefined ? null : locationOf(env.ENTRADA_LANDING_URL),
    lakeDir: env.lakeDir,
    sessionLimits: {
      absoluteMs: env.ENTRADA_SESSION_HOURS * 3_600_000,
      idleMs: env.ENTRADA_SESSION_IDLE_MINUTES * 60_000,
    },
  };
}

/** `host:port/database` of a connection string: what may be shown. */
function locationOf(connectionString: string): string {
  const url = new URL(connectionString);
  return `${url.host}${url.pathname}`;
}
