import { MICROSOFT_CLOUDS } from '#lib/entra/clouds.ts';
import type { Env } from '#lib/platform/config/env.ts';
import type { ServiceConfig } from './context.ts';

/** The part of the environment that services are given. */
export function serviceConfig(env: Env): ServiceConfig {
  return {
    baseUrl: env.baseUrl,
    demo: env.ENTRADA_DEMO_CONNECTION ?? null,
    clouds: [...MICROSOFT_CLOUDS, ...env.ENTRADA_EXTRA_CLOUDS],
    sessionLimits: {
      absoluteMs: env.ENTRADA_SESSION_HOURS * 3_600_000,
      idleMs: env.ENTRADA_SESSION_IDLE_MINUTES * 60_000,
    },
  };
}
