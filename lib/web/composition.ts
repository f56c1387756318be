import 'server-only';
import { readFileSync } from 'node:fs';
import { createSignInAttempts, type SignInAttempts } from '#lib/auth/password/attempts.ts';
import type { SessionSettings } from '#lib/auth/session/session.ts';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { createTargetOperations, targetRules } from '#lib/executor/create-target-operations.ts';
import type { HubRequestContext } from '#lib/gateway/hub/hub-context.ts';
import { type HubConnections, openHub } from '#lib/gateway/hub/open-hub.ts';
import { createRefusalLog, type RefusalLog } from '#lib/gateway/hub/refusal-log.ts';
import { createSourceResolver, createTargetResolver } from '#lib/gateway/hub/resolve.ts';
import { createRunQueue, type QueueClient } from '#lib/jobs/queue.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { type Env, EnvError, env, proxyOf } from '#lib/platform/config/env.ts';
import { openKeyRing } from '#lib/platform/crypto/key-ring.ts';
import { traceRequests } from '#lib/platform/http/trace.ts';
import { createLog, type Log } from '#lib/platform/log.ts';
import { type Db, openDb } from '#lib/platform/postgres/db.ts';
import { createNotifications, type Notifications } from '#lib/platform/postgres/notifications.ts';
import { ENTRADA_VERSION } from '#lib/platform/version.ts';
import type { Context } from '#lib/services/context.ts';
import { serviceConfig } from '#lib/services/service-config.ts';
import { accessTokensFrom } from '#lib/source/connect.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import { createQuotaStore } from '#lib/store/run/quota-buckets.ts';
import { RUN_CHANNEL } from '#lib/store/run/runs.ts';

/** Everything that requests need besides the actor. */
export interface Composition {
  readonly services: Omit<Context, 'actor'>;
  readonly session: SessionSettings;
  readonly attempts: SignInAttempts;
  readonly env: Env;
  /** The server's side of the data gateway protocol. */
  readonly gateways: { readonly hub: HubRequestContext; readonly refusals: RefusalLog };
}

/** Objects with open connections: one of each per process, also when Next.js reloads changed modules in development. */
interface Connections {
  readonly db: Db;
  readonly queue: QueueClient;
  readonly gateways: HubConnections;
  readonly runChanges: Notifications;
}

const holder = globalThis as typeof globalThis & { entradaConnections?: Connections };
let composed: Composition | undefined;

/**
 * The composition of this bundle. Next.js loads pages and route handlers as separate bundles, each with its own class AppError: objects that
 * throw AppErrors (executor, attempts) must be created by the bundle that catches them, so only connections are on `globalThis`.
 */
export function composition(): Composition {
  composed ??= compose(env());
  return composed;
}

function compose(settings: Env): Composition {
  const log = createLog('web', settings.ENTRADA_LOG_LEVEL);
  const { db, queue, gateways, runChanges } = connections(settings, log);
  const config = serviceConfig(settings);
  const ring = openKeyRing(settings) ?? missing('ENTRADA_SECRET_KEY or ENTRADA_SECRET_KEY_FILE');
  const hub = { db, ring, clock: systemClock, log, ...gateways };
  return {
    env: settings,
    gateways: {
      hub: { ...hub, baseUrl: settings.baseUrl, serverVersion: ENTRADA_VERSION },
      refusals: createRefusalLog(hub),
    },
    session: {
      secret: required(settings.AUTH_SECRET, 'AUTH_SECRET'),
      secure: settings.baseUrl.startsWith('https:'),
      limits: config.sessionLimits,
    },
    attempts: createSignInAttempts({ db, clock: systemClock }),
    services: {
      db,
      log,
      queue,
      runChanges,
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

function connections(settings: Env, log: Log): Connections {
  const databaseUrl = required(settings.DATABASE_URL, 'DATABASE_URL');
  if (holder.entradaConnections === undefined) {
    traceRequests(log);
    holder.entradaConnections = {
      db: openDb(databaseUrl),
      queue: createRunQueue({ databaseUrl, log }),
      gateways: openHub({ databaseUrl, log }),
      runChanges: createNotifications({
        databaseUrl,
        channel: RUN_CHANNEL,
        onError: (err) => log.error({ err }, 'notifications of runs'),
      }),
    };
  }
  return holder.entradaConnections;
}

function missing(name: string): never {
  throw new EnvError(`${name} is not set. \`npm start\` sets it; docs/configuration.md says how to do so by hand.`);
}

function required(value: string | undefined, name: string): string {
  return value ?? missing(name);
}
