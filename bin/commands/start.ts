import { rmSync, writeFileSync } from 'node:fs';
import { systemClock } from '#lib/platform/clock.ts';
import { type DataDir, openDataDir } from '#lib/platform/config/data-dir.ts';
import { type Env, env } from '#lib/platform/config/env.ts';
import { restrictFolderMode } from '#lib/platform/config/file-modes.ts';
import { openKeyRing } from '#lib/platform/crypto/key-ring.ts';
import { READER_ENV, READER_NODE_ARGS, WEB_ENV, WEB_NODE_ARGS } from '#lib/platform/memory.ts';
import { openDb } from '#lib/platform/postgres/db.ts';
import { migrate } from '#lib/platform/postgres/migrate.ts';
import { checkKeyRing } from '#lib/services/secret/check-key-ring.ts';
import { createSetupToken } from '#lib/services/setup/create-setup-token.ts';
import { ensureFirstAdmin } from '#lib/services/setup/ensure-first-admin.ts';
import { updateBuiltInTargets } from '#lib/services/target/update-built-in-targets.ts';
import { builtInTargets } from '../launcher/built-in-targets.ts';
import { CliError } from '../launcher/cli-error.ts';
import { type Databases, MIGRATIONS_DIR, openDatabases } from '../launcher/database.ts';
import { type DemoInfo, demoChild, demoEnv } from '../launcher/demo.ts';
import { metricsEnv } from '../launcher/metrics.ts';
import { type RuntimeInfo, takeInstanceLock } from '../launcher/process/instance-lock.ts';
import { requireFreePorts } from '../launcher/process/ports.ts';
import { createSupervisor, type Supervisor } from '../launcher/process/supervisor.ts';
import { createTimer, type Timer } from '../launcher/timer.ts';
import { buildWebIfNeeded } from '../launcher/web/web-build.ts';

/** `npm start`: the whole product on one machine, until Ctrl-C or SIGTERM. */
export async function start(): Promise<number> {
  return run('web');
}

/** `npm run dev`: the same, with Next.js in development mode. */
export async function dev(): Promise<number> {
  return run('dev');
}

type WebMode = 'web' | 'dev';

async function run(mode: WebMode): Promise<number> {
  const settings = env();
  const timer = createTimer();
  const dataDir = openDataDir(settings.dataDir);
  const groupReads = settings.ENTRADA_LAKE_GROUP_READS;
  restrictFolderMode(settings.lakeDir, { groupReads });
  for (const name of ['work', 'demo']) restrictFolderMode(dataDir.file(name), { groupReads: false });
  const unlock = takeInstanceLock(dataDir.file('launcher.lock'), settings.baseUrl);
  const runtimeFile = dataDir.file('runtime.json');
  let databases: Databases | undefined;
  let supervisor: Supervisor | undefined;
  const stopped = untilStopped();
  try {
    await requireFreePorts(neededPorts(settings));
    databases = await timer.measure('postgres', () => openDatabases(settings, dataDir));
    const { databaseUrl } = databases;
    await timer.measure('migrate', () => migrate(databaseUrl, MIGRATIONS_DIR));
    await checkKeys({ settings, dataDir, databases });
    const setupLink = await firstAccount(settings, databaseUrl);
    if (mode === 'web') await timer.measure('build', () => buildWebIfNeeded(say));
    supervisor = createSupervisor({
      onGiveUp: (reason) => stopped.stop({ code: 1, reason }),
      onRestart: (name, reason) => say(`${reason}\nStarting ${name} again.`),
    });
    await Promise.race([startChildren({ settings, dataDir, databases, supervisor, timer, mode, runtimeFile }), stopped.early]);
    timer.save(dataDir.file('start.json'));
    process.stdout.write(`Entrada is ready at ${settings.baseUrl}\n`);
    if (setupLink !== null) process.stdout.write(`Make the first account (link works once, 24 hours): ${setupLink}\n`);
    const { code, reason } = await stopped.promise;
    if (reason !== undefined) say(`Entrada stops. ${reason}`);
    return code;
  } catch (error) {
    if (error instanceof StoppedEarly) return 0;
    throw error;
  } finally {
    rmSync(runtimeFile, { force: true });
    await supervisor?.stop();
    await databases?.stop();
    unlock();
  }
}

interface StartParts {
  readonly settings: Env;
  readonly dataDir: DataDir;
  readonly databases: Databases;
  readonly supervisor: Supervisor;
  readonly timer: Timer;
  readonly mode: WebMode;
  readonly runtimeFile: string;
}

/** Starts the demo tenant first, since the others need its address, then workers and web concurrently. */
async function startChildren({ settings, dataDir, databases, supervisor, timer, mode, runtimeFile }: StartParts): Promise<void> {
  let demo: DemoInfo | null = null;
  if (settings.ENTRADA_DEMO) {
    demo = (await timer.measure('emulator', () => supervisor.start(demoChild(settings, dataDir)))) as DemoInfo;
  }
  const shared = {
    DATABASE_URL: databases.databaseUrl,
    ENTRADA_LANDING_URL: databases.landingUrl,
    ENTRADA_LANDING_READER_URL: databases.landingReaderUrl,
    ENTRADA_DATA_DIR: settings.dataDir,
    ...keySource(settings, dataDir),
    AUTH_SECRET: settings.AUTH_SECRET ?? dataDir.authSecret,
    AUTH_URL: settings.baseUrl,
    AUTH_TRUST_HOST: 'true',
    ...demoEnv(settings, demo),
  };
  const info: RuntimeInfo = {
    pid: process.pid,
    url: settings.baseUrl,
    databaseUrl: shared.DATABASE_URL,
    landingUrl: shared.ENTRADA_LANDING_URL,
    landingReaderUrl: shared.ENTRADA_LANDING_READER_URL,
    keys: keySource(settings, dataDir),
    extraClouds: shared.ENTRADA_EXTRA_CLOUDS,
    extraCaFile: shared.ENTRADA_EXTRA_CA_FILE ?? null,
  };
  writeFileSync(runtimeFile, JSON.stringify(info), { mode: 0o600 });
  const workers = Array.from({ length: settings.ENTRADA_WORKERS }, (_, i) =>
    supervisor.start({
      name: `worker ${i + 1}`,
      command: ['worker'],
      env: { ...READER_ENV, ...shared, ...metricsEnv(settings, i + 1) },
      nodeArgs: READER_NODE_ARGS,
      stopWithinMs: 15_000,
    }),
  );
  await timer.measure('web and worker', () =>
    Promise.all([
      ...workers,
      supervisor.start({
        name: 'web',
        command: mode === 'dev' ? ['web', '--dev'] : ['web'],
        env: { ...WEB_ENV, ...shared },
        nodeArgs: WEB_NODE_ARGS[settings.ENTRADA_WEB_HEAP],
        stopWithinMs: 5_000,
      }),
    ]),
  );
}

/** Source of the keys: the environment, or the file of the data folder, which every process watches. */
function keySource(settings: Env, dataDir: DataDir): RuntimeInfo['keys'] {
  return settings.ENTRADA_SECRET_KEY === undefined
    ? { ENTRADA_SECRET_KEY_FILE: settings.ENTRADA_SECRET_KEY_FILE ?? dataDir.secretKeyFile }
    : { ENTRADA_SECRET_KEY: settings.ENTRADA_SECRET_KEY };
}

/** Checks that the keys decrypt the stored secrets; then stores the settings of the built-in targets. */
async function checkKeys({
  settings,
  dataDir,
  databases,
}: Pick<StartParts, 'settings' | 'dataDir' | 'databases'>): Promise<void> {
  const ring = openKeyRing(keySource(settings, dataDir));
  if (ring === null) return;
  const { databaseUrl, landingUrl, landingReaderUrl } = databases;
  const db = openDb(databaseUrl, 1);
  try {
    await checkKeyRing({ ctx: { db, ring } });
    const located = { ...settings, ENTRADA_LANDING_URL: landingUrl, ENTRADA_LANDING_READER_URL: landingReaderUrl };
    await updateBuiltInTargets({ ctx: { db, ring }, input: builtInTargets(located, databaseUrl) });
  } finally {
    await db.$disconnect();
  }
}

function neededPorts(settings: Env) {
  const web = { port: settings.PORT, purpose: 'the web app', variable: 'PORT' };
  if (!settings.ENTRADA_DEMO) return [web];
  return [
    web,
    { port: settings.demoPort, purpose: "the demo tenant's sign-in page", variable: 'ENTRADA_DEMO_PORT' },
    { port: settings.demoTlsPort, purpose: "the demo tenant's Entra and Graph", variable: 'ENTRADA_DEMO_TLS_PORT' },
  ];
}

/** The account of the environment, or a link for creating the first one; null when there are accounts. */
async function firstAccount(settings: Env, databaseUrl: string): Promise<string | null> {
  const { ENTRADA_ADMIN_EMAIL: email, ENTRADA_ADMIN_PASSWORD: password } = settings;
  if ((email === undefined) !== (password === undefined)) {
    throw new CliError(
      'Set both ENTRADA_ADMIN_EMAIL and ENTRADA_ADMIN_PASSWORD, or neither. Without them, use the set-up link.',
      {
        exitCode: 2,
      },
    );
  }
  const db = openDb(databaseUrl, 1);
  try {
    const ctx = { db, clock: systemClock };
    if (email !== undefined && password !== undefined) {
      await ensureFirstAdmin({ ctx, input: { email, password } });
      return null;
    }
    const token = await createSetupToken({ ctx });
    return token === null ? null : `${settings.baseUrl}/setup?token=${token.token}`;
  } finally {
    await db.$disconnect();
  }
}

class StoppedEarly extends Error {
  override readonly name = 'StoppedEarly';
}

interface Ending {
  readonly code: number;
  readonly reason?: string;
}

/** Resolves at the first SIGINT or SIGTERM, or when its `stop` is called; a second signal ends the process at once. */
function untilStopped() {
  const ending = Promise.withResolvers<Ending>();
  let signals = 0;
  for (const signal of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
    process.on(signal, () => {
      if (signals++ > 0) process.exit(130);
      if (signal === 'SIGINT') say('\nStopping ...');
      ending.resolve({ code: 0 });
    });
  }
  const early = ending.promise.then(({ code, reason }): never => {
    throw code === 0 ? new StoppedEarly() : new CliError(reason ?? 'Entrada stops.', { exitCode: code });
  });
  // Used only during the start; afterwards nothing handles its rejection.
  early.catch(() => {});
  return { promise: ending.promise, early, stop: ending.resolve };
}

function say(text: string): void {
  process.stderr.write(`${text}\n`);
}
