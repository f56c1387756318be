import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '#lib/domain/connection/connection.ts';
import { MICROSOFT_CLOUDS } from '#lib/entra/clouds.ts';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { createTargetOperations, targetRules } from '#lib/executor/create-target-operations.ts';
import { openHub } from '#lib/gateway/hub/open-hub.ts';
import { createSourceResolver, createTargetResolver } from '#lib/gateway/hub/resolve.ts';
import { createRunQueue } from '#lib/jobs/queue.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { env } from '#lib/platform/config/env.ts';
import { openKeyRing } from '#lib/platform/crypto/key-ring.ts';
import { createLog } from '#lib/platform/log.ts';
import { openDb } from '#lib/platform/postgres/db.ts';
import type { Context } from '#lib/services/context.ts';
import { serviceConfig } from '#lib/services/service-config.ts';
import { accessTokensFrom } from '#lib/source/connect.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import { createQuotaStore } from '#lib/store/run/quota-buckets.ts';
import { CliError } from './cli-error.ts';
import { readRuntimeInfo } from './process/instance-lock.ts';

/** Calls `work` with the services for the operator of this machine; closes everything afterwards. */
export async function withCliContext<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
  const settings = env();
  const runtime = readRuntimeInfo(join(settings.dataDir, 'runtime.json'));
  const ring = openKeyRing(runtime.keys);
  if (ring === null)
    throw new CliError(
      'An older version of Entrada is running, which does not share its keys with the CLI. Start Entrada again with this version.',
    );
  const log = createLog('cli', settings.ENTRADA_LOG_LEVEL);
  const db = openDb(runtime.databaseUrl, 2);
  const extraClouds = JSON.parse(runtime.extraClouds) as Cloud[];
  const queue = createRunQueue({ databaseUrl: runtime.databaseUrl, log });
  const gateways = openHub({ databaseUrl: runtime.databaseUrl, log });
  const hub = { db, ring, clock: systemClock, log, ...gateways };
  try {
    return await work({
      actor: { kind: 'cli' },
      db,
      queue,
      log,
      clock: systemClock,
      ring,
      config: { ...serviceConfig(settings), baseUrl: runtime.url, clouds: [...MICROSOFT_CLOUDS, ...extraClouds] },
      executor: createSourceResolver(
        hub,
        createSourceOperations({
          extraClouds,
          caPem: runtime.extraCaFile === null ? null : readFileSync(runtime.extraCaFile, 'utf8'),
          clock: systemClock,
          openAccessTokens: accessTokensFrom(({ id, tokenCacheId }) => createTokenCacheStore({ db, ring }, tokenCacheId, id)),
          quotaStore: createQuotaStore(db),
        }),
      ),
      targets: createTargetResolver(hub, createTargetOperations(targetRules(settings))),
    });
  } finally {
    await gateways.stop();
    await queue.stop();
    await db.$disconnect();
  }
}
