import { randomUUID } from 'node:crypto';
import { hostname, release, type } from 'node:os';
import { createSourceOperations } from '#lib/executor/create-source-operations.ts';
import { createTargetOperations } from '#lib/executor/create-target-operations.ts';
import { createDatasetRunner } from '#lib/executor/run-dataset.ts';
import type { SourceOperations } from '#lib/executor/source-operations.ts';
import type { StreamMessage } from '#lib/gateway/protocol.ts';
import { PROTOCOL_VERSION } from '#lib/gateway/version.ts';
import type { Log } from '#lib/platform/log.ts';
import { accessTokensFrom, type SourceConfig } from '#lib/source/connect.ts';
import type { TargetRules } from '#lib/targets/target.ts';
import { createDatasetRuns } from './command/dataset-runs.ts';
import type { CommandExecutor } from './command/execute-command.ts';
import { openFinishedCommands } from './command/finished-commands.ts';
import { forgetFinished } from './command/forget-finished.ts';
import { createRunningCommands, type RunningCommands } from './command/running-commands.ts';
import { createTokenCaches, type TokenCaches } from './command/token-caches.ts';
import { type GatewayFolder, openGatewayFolder } from './folder/gateway-folder.ts';
import { createStateFile } from './folder/gateway-state.ts';
import { type GatewayKeys, openKeys } from './folder/keys.ts';
import { takeProcessLock } from './folder/process-lock.ts';
import { createReachedEndpointsRecorder } from './folder/reached-endpoints.ts';
import { openStages } from './folder/stages.ts';
import { type BackOff, createBackOff, retryUntilDone } from './link/back-off.ts';
import { LINK_TIMES, type LinkTimes } from './link/link-times.ts';
import { type GatewayIdentity, planRegistration, type RegistrationOptions, register } from './link/registration.ts';
import { createServerClient, type ServerClient } from './link/server-client.ts';
import { createServerConnection, type ServerConnection } from './link/server-connection.ts';
import { openServerLink, type ServerLink } from './link/server-link.ts';

/** Options of a gateway process, all from its own machine. */
export interface GatewayOptions extends RegistrationOptions {
  readonly dataDir: string;
  /** Of Entrada. */
  readonly version: string;
  /** Hosts, trusted certificates and proxy of requests to Graph, Entra, and the server. */
  readonly source: Pick<SourceConfig, 'extraClouds' | 'caPem' | 'proxy' | 'clock'> &
    Partial<Pick<SourceConfig, 'openAccessTokens'>>;
  readonly rules: TargetRules;
  readonly log: Log;
  readonly backOff?: BackOff;
  readonly linkTimes?: LinkTimes;
  readonly stopTimes?: { readonly graceMs: number; readonly sendMs: number };
}

export interface RunningGateway {
  readonly identity: GatewayIdentity;
  /** Accepts no more commands, gives running ones a moment, hands the others back, and closes. */
  stop(): Promise<void>;
}

/** Times at a stop, milliseconds: for commands to end, and for sending their messages. */
const STOP = { graceMs: 5000, sendMs: 15_000 } as const;
const SWEEP_MS = 3_600_000;

/**
 * Starts the gateway of a data folder; registers it when necessary.
 * @throws AppError with a remedy, when the folder, the registration or the key is invalid.
 */
export async function startGateway(options: GatewayOptions, signal: AbortSignal): Promise<RunningGateway> {
  const folder = openGatewayFolder(options.dataDir);
  const unlock = takeProcessLock(folder.lockFile);
  try {
    folder.removeDrafts();
    const keys = await openKeys(folder);
    const plan = planRegistration(folder, options);
    const server = plan.kind === 'register' ? plan.server : plan.identity.server;
    const { answerMs, silenceMs } = options.linkTimes ?? LINK_TIMES;
    const { caPem, proxy = null } = options.source;
    const connection = createServerConnection({ server, caPem, proxy, answerMs });
    const backOff = options.backOff ?? createBackOff();
    const clientOf = (gatewayId: string | null): ServerClient =>
      createServerClient({ server, connection, keys, gatewayId, clock: options.source.clock, silenceMs });
    const identity =
      plan.kind === 'registered'
        ? plan.identity
        : await retryUntilDone(
            backOff,
            signal,
            () => {
              const request = { ...factsOf(options), registrationKey: plan.registrationKey };
              return register({ folder, keys, client: clientOf(null), server }, request, signal);
            },
            (error) => options.log.error({ err: error }, 'not registered yet; retrying'),
          );
    return run({ options, folder, keys, identity, connection, client: clientOf(identity.gatewayId), backOff, unlock });
  } catch (error) {
    unlock();
    throw error;
  }
}

function factsOf({ version }: GatewayOptions) {
  return {
    version,
    protocol: PROTOCOL_VERSION,
    hostName: hostname(),
    operatingSystem: `${type()} ${release()} ${process.arch}`,
  };
}

interface Parts {
  readonly options: GatewayOptions;
  readonly folder: GatewayFolder;
  readonly keys: GatewayKeys;
  readonly identity: GatewayIdentity;
  readonly connection: ServerConnection;
  readonly client: ServerClient;
  readonly backOff: BackOff;
  readonly unlock: () => void;
}

function run({ options, folder, keys, identity, connection, client, backOff, unlock }: Parts): RunningGateway {
  const { log, source } = options;
  const instance = randomUUID();
  const startedAt = source.clock.now().toISOString();
  const caches = createTokenCaches();
  const executor = createExecutor(options, folder, caches);
  const finished = openFinishedCommands(folder, keys, source.clock.now());
  const { privateKey } = keys.encryption;
  const state = createStateFile({ folder, log, clock: source.clock }, { ...identity, version: options.version, startedAt });
  const stages = openStages(folder.workDir, executor.runs.isRunning);
  const inBackground = (work: Promise<void>): void =>
    void work.catch((error: unknown) => log.error({ err: error }, 'old stages could not be deleted'));
  let draining = false;
  const commands: RunningCommands = createRunningCommands(
    { client, instance, privateKey, executor, caches, finished, backOff, log },
    () => state.change({ working: commands.working() }),
  );
  const link: ServerLink = openServerLink({
    ...{ client, instance, backOff, statusMs: (options.linkTimes ?? LINK_TIMES).statusMs },
    status: () => ({
      ...factsOf(options),
      ...{ instance, startedAt, draining, working: commands.working().map(({ id }) => id), staged: [...stages.idle()] },
    }),
    events: {
      onConnected: (serverVersion) => state.linkIs('connected', { serverVersion, problem: null }),
      onDisconnected(problem) {
        if (problem !== null) log.warn({ problem }, 'not connected to the server; retrying');
        state.linkIs('connecting', { problem });
      },
      onStatus({ serverVersion, upgradeAvailable, name, stagesOver = [] }) {
        state.change({ serverVersion, upgradeAvailable, name });
        inBackground(stages.remove(stagesOver));
      },
      onMessage: (message) => obey(message, commands, log),
    },
  });
  const stopped = new AbortController();
  // Results of an earlier process; running commands delete their own.
  forgetFinished({ client, finished, instance }, stopped.signal).catch((error: unknown) =>
    log.warn({ err: error }, 'old results'),
  );
  const sweep = (): void => inBackground(stages.sweep(source.clock.now()));
  sweep();
  const sweeper = setInterval(sweep, SWEEP_MS);
  return {
    identity,
    async stop() {
      draining = true;
      stopped.abort();
      clearInterval(sweeper);
      state.linkIs('stopping', {});
      await link.stopTaking();
      await link.sayStatus();
      await commands.handBack(options.stopTimes ?? STOP);
      await link.close();
      await connection.close();
      state.close();
      unlock();
    },
  };
}

function obey(message: StreamMessage, commands: RunningCommands, log: Log): void {
  if (message.kind === 'command') commands.take(message.command);
  if (message.kind === 'cancel') commands.stop(message.commandId, message.reason);
  // A web process that stops may have others beside it, or restarts: running commands continue.
  if (message.kind !== 'drain' || message.reason === 'server-stopping') return;
  log.warn({ reason: message.reason }, 'the server takes back the commands that this gateway executes');
  void commands.handBack({ graceMs: 0, sendMs: STOP.sendMs });
}

function createExecutor({ source, rules, log }: GatewayOptions, folder: GatewayFolder, caches: TokenCaches): CommandExecutor {
  const config: SourceConfig = { openAccessTokens: accessTokensFrom((connection) => caches.of(connection)), ...source };
  const operations: SourceOperations = createSourceOperations(config);
  const runner = createDatasetRunner({
    ...{ config, rules, workDir: folder.workDir },
    onInternalError: (err, { runId, dataset }) => log.error({ err, runId, dataset: dataset.name }, 'dataset run failed'),
  });
  return {
    source: operations,
    targets: createTargetOperations(rules),
    runs: createDatasetRuns({ runner, rules }),
    rules,
    places: createReachedEndpointsRecorder(folder),
  };
}
