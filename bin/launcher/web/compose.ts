import { readFileSync } from 'node:fs';
import { createSignInAttempts } from '#lib/auth/password/attempts.ts';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { createTargetOperations, targetRules } from '#lib/executor/create-target-operations.ts';
import { openHub } from '#lib/gateway/hub/open-hub.ts';
import { createRefusalLog } from '#lib/gateway/hub/refusal-log.ts';
import { createSourceResolver, createTargetResolver } from '#lib/gateway/hub/resolve.ts';
import { createRunQueue } from '#lib/jobs/queue.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { type Env, EnvError, proxyOf } from '#lib/platform/config/env.ts';
import { openKeyRing } from '#lib/platform/crypto/key-ring.ts';
import { traceRequests } from '#lib/platform/http/trace.ts';
import { createLog } from '#lib/platform/log.ts';
import { openDb } from '#lib/platform/postgres/db.ts';
import { createNotifications } from '#lib/platform/postgres/notifications.ts';
import { ENTRADA_VERSION } from '#lib/platform/version.ts';
import type { Context } from '#lib/services/context.ts';
import { serviceConfig } from '#lib/services/service-config.ts';
import { accessTokensFrom } from '#lib/source/connect.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import { createQuotaStore } from '#lib/store/run/quota-buckets.ts';
import { RUN_CHANNEL } from '#lib/store/run/runs.ts';
import type { Composition, CompositionHolder } from '#lib/web/composition.ts';

/** Makes what all requests of this web process share, and hands it to the bundles of Next.js. @throws EnvError for a setting that is missing */
export function provideComposition(settings: Env, counted: Pick<Context, 'onRunEnded'>): void {
  (globalThis as CompositionHolder).entradaComposition = compose(settings, counted);
}

function compose(settings: Env, counted: Pick<Context, 'onRunEnded'>): Composition {
  const log = createLog('web', settings.ENTRADA_LOG_LEVEL);
  const databaseUrl = required(settings.DATABASE_URL, 'DATABASE_URL');
  const ring = openKeyRing(settings) ?? missing('ENTRADA_SECRET_KEY or ENTRADA_SECRET_KEY_FILE');
  const secret = required(settings.AUTH_SECRET, 'AUTH_SECRET');
  traceRequests(log);
  const db = openDb(databaseUrl);
  const config = serviceConfig(settings);
  const hub = { db, ring, clock: systemClock, log, ...openHub({ databaseUrl, log }) };
  return {
    env: settings,
    gateways: {
      hub: { ...hub, baseUrl: settings.baseUrl, serverVersion: ENTRADA_VERSION },
      refusals: createRefusalLog(hub),
    },
    session: { secret, secure: settings.baseUrl.startsWith('https:'), limits: config.sessionLimits },
    attempts: createSignInAttempts({ db, clock: systemClock }),
    services: {
      ...counted,
      db,
      log,
      queue: createRunQueue({ databaseUrl, log }),
      runChanges: createNotifications({
        databaseUrl,
        channel: RUN_CHANNEL,
        onError: (err) => log.error({ err }, 'notifications of runs'),
      }),
      gatewayChanges: hub.notifications,
      clock: systemClock,
      ring,
      executor: createSourceResolver(
        hub,
        createSourceOperations({
          extraClouds: settings.ENTRADA_EXTRA_CLOUDS,
          caPem: settings.ENTRADA_EXTRA_CA_FILE === undefined ? null : readFileSync(settings.ENTRADA_EXTRA_CA_FILE, 'utf8'),
          proxy: proxyOf(settings),
          clock: systemClock,
          openAccessTokens: accessTokensFrom(({ id, tokenCacheId }) => createTokenCacheStore({ db, ring }, tokenCacheId, id)),
          quotaStore: createQuotaStore(db),
        }),
      ),
      targets: createTargetResolver(hub, createTargetOperations(targetRules(settings))),
      config,
    },
  };
}

function missing(name: string): never {
  throw new EnvError(`${name} is not set. \`npm start\` sets it; docs/configuration.md describes how to set it by hand.`);
}

function required(value: string | undefined, name: string): string {
  return value ?? missing(name);
}
