import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { targetRules } from '#lib/executor/create-target-operations.ts';
import { checkGateway } from '#lib/gateway/agent/check/check-gateway.ts';
import { gatewayStatus } from '#lib/gateway/agent/check/gateway-status.ts';
import { parseServer } from '#lib/gateway/agent/link/server-connection.ts';
import { type GatewayOptions, startGateway } from '#lib/gateway/agent/start-gateway.ts';
import { systemClock } from '#lib/platform/clock.ts';
import { type Env, env, proxyOf } from '#lib/platform/config/env.ts';
import { traceRequests } from '#lib/platform/http/trace.ts';
import { createLog } from '#lib/platform/log.ts';
import { prepareForReading } from '#lib/platform/memory.ts';
import { countRequests, createRegistry } from '#lib/platform/metrics/metrics.ts';
import { startTracing } from '#lib/platform/tracing/start-tracing.ts';
import { CliError } from '../launcher/cli-error.ts';
import { openMetrics } from '../launcher/metrics.ts';
import { runUntilStopped } from '../launcher/process/child.ts';
import { ROOT } from '../launcher/root.ts';

const USAGE = `Usage: entrada gateway [--server URL] [--key-file FILE]   runs a data gateway
       entrada gateway status [--json]                  what the gateway of this data folder does
       entrada gateway check                            what this machine reaches: server, Entra, Graph, targets`;

/** `entrada gateway [status | check] [--server URL] [--key-file FILE]`, see docs/gateway.md. */
export async function gateway(args: readonly string[]): Promise<number> {
  const { values, positionals } = parseArgs({
    args: [...args],
    allowPositionals: true,
    options: { server: { type: 'string' }, 'key-file': { type: 'string' }, json: { type: 'boolean', default: false } },
  });
  const settings = env();
  const options = optionsOf(settings, values);
  switch (positionals.join(' ')) {
    case '':
      return runGateway(options, settings);
    case 'status': {
      const { text, exitCode } = gatewayStatus(options.dataDir, { json: values.json });
      process.stdout.write(text);
      return exitCode;
    }
    case 'check': {
      const { text, exitCode } = await checkGateway(options);
      process.stdout.write(text);
      return exitCode;
    }
    default:
      throw new CliError(USAGE, { exitCode: 2 });
  }
}

function optionsOf(settings: Env, given: { readonly server?: string; readonly 'key-file'?: string }): GatewayOptions {
  const server = given.server ?? settings.ENTRADA_GATEWAY_SERVER;
  const { version } = JSON.parse(readFileSync(join(ROOT, 'package.json'), 'utf8')) as { version: string };
  const log = createLog('gateway', settings.ENTRADA_LOG_LEVEL);
  return {
    version,
    log,
    server: server === undefined ? null : parseServer(server),
    keyFile: given['key-file'] ?? settings.ENTRADA_GATEWAY_KEY_FILE ?? null,
    dataDir: settings.gatewayDataDir,
    source: {
      extraClouds: settings.ENTRADA_EXTRA_CLOUDS,
      caPem: settings.ENTRADA_EXTRA_CA_FILE === undefined ? null : readFileSync(settings.ENTRADA_EXTRA_CA_FILE, 'utf8'),
      proxy: proxyOf(settings),
      clock: systemClock,
    },
    rules: targetRules(settings),
  };
}

async function runGateway(options: GatewayOptions, settings: Env): Promise<number> {
  prepareForReading();
  traceRequests(options.log);
  const tracing = await startTracing('entrada-gateway', settings, options.log);
  const registry = createRegistry('gateway');
  countRequests(registry);
  const starting = new AbortController();
  const onStop = (): void => starting.abort(new CliError('The gateway was stopped before it was registered.'));
  process.on('SIGTERM', onStop);
  process.on('SIGINT', onStop);
  const running = await startGateway(options, starting.signal);
  process.off('SIGTERM', onStop);
  process.off('SIGINT', onStop);
  const { name, server, gatewayId } = running.identity;
  process.stderr.write(
    `Data gateway ${name} (${gatewayId}) works for ${server}. Its data folder is ${settings.gatewayDataDir}.\n`,
  );
  await openMetrics(registry, settings);
  return runUntilStopped({ gatewayId }, async () => {
    await running.stop();
    await tracing.stop();
  });
}
