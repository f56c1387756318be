import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Cloud } from '#lib/domain/connection/connection.ts';
import { createExecutor } from '#lib/executor/create.ts';
import { createTargets, targetRules } from '#lib/executor/targets.ts';
import { createRunQueue } from '#lib/jobs/queue.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { env } from '#lib/platform/config/env.ts';
import { openKeyRing } from '#lib/platform/crypto/key-ring.ts';
import { createLog } from '#lib/platform/log.ts';
import { openDb } from '#lib/platform/postgres/db.ts';
import type { Context } from '#lib/services/context.ts';
import { serviceConfig } from '#lib/services/service-config.ts';
import { createQuotaStore } from '#lib/store/run/quota-buckets.ts';
import { CliError } from './cli-error.ts';
import { readRuntimeInfo } from './instance-lock.ts';

/** Services for somebody with a shell on the machine where Entrada runs; `work` gets the context, everything is closed afterwards. */
export async function withCliContext<T>(work: (ctx: Context) => Promise<T>): Promise<T> {
  const settings = env();
  const runtime = readRuntimeInfo(join(settings.dataDir, 'runtime.json'));
  const ring = openKeyRing(runtime.keys);
  if (ring === null) throw new CliError('The running Entrada tells no keys. Start it again with this version.');
  const log = createLog('cli', settings.ENTRADA_LOG_LEVEL);
  const db = openDb(runtime.databaseUrl, 2);
  const queue = createRunQueue({ databaseUrl: runtime.databaseUrl, log });
  try {
    return await work({
      actor: { kind: 'cli' },
      db,
      queue,
      log,
      clock: systemClock,
      ring,
      config: { ...serviceConfig(settings), baseUrl: runtime.url },
      executor: createExecutor({
        extraClouds: JSON.parse(runtime.extraClouds) as Cloud[],
        caPem: runtime.extraCaFile === null ? null : readFileSync(runtime.extraCaFile, 'utf8'),
        clock: systemClock,
        quotaStore: createQuotaStore(db),
      }),
      targets: createTargets(targetRules(settings)),
    });
  } finally {
    await queue.stop();
    await db.$disconnect();
  }
}
