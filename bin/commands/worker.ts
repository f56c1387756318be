import { mkdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { targetRules } from '#lib/executor/create-target-operations.ts';
import { createDatasetRunner } from '#lib/executor/run-dataset.ts';
import { createGatewayLoad } from '#lib/gateway/hub/gateway-load.ts';
import { openHub } from '#lib/gateway/hub/open-hub.ts';
import { createRunnerResolver, createSourceResolver } from '#lib/gateway/hub/resolve.ts';
import { observeWaits } from '#lib/jobs/observe-waits.ts';
import { startWorker } from '#lib/jobs/worker.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { type Env, env, proxyOf } from '#lib/platform/config/env.ts';
import { openKeyRing } from '#lib/platform/crypto/key-ring.ts';
import { traceRequests } from '#lib/platform/http/trace.ts';
import { createLog } from '#lib/platform/log.ts';
import { prepareForReading } from '#lib/platform/memory.ts';
import {
  addGatewayMetrics,
  addQueueMetrics,
  countRequests,
  createRegistry,
  createRunMetrics,
} from '#lib/platform/metrics/metrics.ts';
import { openRetryingDb } from '#lib/platform/postgres/db.ts';
import { startTracing } from '#lib/platform/tracing/start-tracing.ts';
import { checkKeyRing } from '#lib/services/secret/check-key-ring.ts';
import { deliveryConfig } from '#lib/services/service-config.ts';
import { updateBuiltInTargets } from '#lib/services/target/update-built-in-targets.ts';
import { accessTokensFrom, type SourceConfig } from '#lib/source/connect.ts';
import { createTokenCacheStore } from '#lib/store/connection/token-cache.ts';
import { readQueueDepth } from '#lib/store/run/queue-depth.ts';
import { createQuotaStore } from '#lib/store/run/quota-buckets.ts';
import { builtInTargets } from '../launcher/built-in-targets.ts';
import { CliError } from '../launcher/cli-error.ts';
import { openMetrics } from '../launcher/metrics.ts';
import { runUntilStopped } from '../launcher/process/child.ts';

/** Works on the runs in the queue of DATABASE_URL. */
export async function worker(): Promise<number> {
  prepareForReading();
  const settings = env();
  const databaseUrl = settings.DATABASE_URL;
  const ring = openKeyRing(settings);
  if (databaseUrl === undefined || ring === null) {
    throw new CliError(
      'A separate worker needs the DATABASE_URL and the ENTRADA_SECRET_KEY (or ENTRADA_SECRET_KEY_FILE) of the server. npm start sets them for its own workers.',
      { exitCode: 2 },
    );
  }
  const db = openRetryingDb(databaseUrl, 5);
  const log = createLog('worker', settings.ENTRADA_LOG_LEVEL);
  traceRequests(log);
  const tracing = await startTracing('entrada-worker', settings, log);
  const registry = createRegistry('worker');
  const observer = createRunMetrics(registry);
  countRequests(registry);
  addQueueMetrics(registry, () => readQueueDepth(db));
  addGatewayMetrics(registry, createGatewayLoad(db, systemClock));
  await checkKeyRing({ ctx: { db, ring } });
  await updateBuiltInTargets({ ctx: { db, ring }, input: { ...builtInTargets(settings, databaseUrl), keepsReader: true } });
  const rules = targetRules(settings);
  const config: SourceConfig = {
    ...sourceConfig(settings),
    openAccessTokens: accessTokensFrom(({ id, tokenCacheId }) => createTokenCacheStore({ db, ring }, tokenCacheId, id)),
    quotaStore: createQuotaStore(db),
  };
  const workDir = join(settings.dataDir, 'work');
  mkdirSync(workDir, { recursive: true });
  const gateways = openHub({ databaseUrl, log });
  const hub = { db, ring, clock: systemClock, log, ...gateways };
  const running = await startWorker({
    databaseUrl,
    workDir,
    db,
    ring,
    clock: systemClock,
    log,
    executor: createSourceResolver(hub, createSourceOperations(config)),
    runsAtOnce: settings.ENTRADA_RUNS_AT_ONCE,
    datasetsAtOnce: settings.ENTRADA_DATASETS_AT_ONCE,
    notifications: { baseUrl: settings.baseUrl, delivery: deliveryConfig(settings) },
    observer,
    runner: observeWaits(
      createRunnerResolver(
        hub,
        createDatasetRunner({
          config,
          rules,
          workDir,
          onInternalError: (err, { runId, dataset }) => log.error({ err, runId, dataset: dataset.name }, 'dataset run failed'),
        }),
      ),
      { observer, clock: systemClock },
    ),
  });
  await openMetrics(registry, settings);
  return runUntilStopped(undefined, async () => {
    await running.stop();
    await gateways.stop();
    await db.$disconnect();
    await tracing.stop();
  });
}

function sourceConfig(settings: Env): Omit<SourceConfig, 'openAccessTokens'> {
  return {
    extraClouds: settings.ENTRADA_EXTRA_CLOUDS,
    caPem: settings.ENTRADA_EXTRA_CA_FILE === undefined ? null : readFileSync(settings.ENTRADA_EXTRA_CA_FILE, 'utf8'),
    proxy: proxyOf(settings),
    clock: systemClock,
  };
}
