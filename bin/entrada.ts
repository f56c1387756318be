import { env } from '#lib/platform/config/env.ts';
import { makeFilesPrivate } from '#lib/platform/config/file-modes.ts';
import { CliError } from './launcher/cli-error.ts';

/** A command receives the arguments after its name and returns the exit code. */
export type Command = (args: readonly string[]) => Promise<number>;

interface CommandEntry {
  readonly help: string;
  readonly load: () => Promise<Command>;
}

/** Groups of commands that use the API of a server. */
const API_COMMANDS = [
  'connections',
  'metadata',
  'targets',
  'tasks',
  'runs',
  'gateways',
  'schedules',
  'notifications',
  'audit',
  'tokens',
  'people',
  'completion',
  'export',
  'plan',
  'apply',
  'schema',
];

const COMMANDS: Readonly<Record<string, CommandEntry>> = {
  start: {
    help: 'start everything: database, web, worker, demo tenant',
    load: async () => (await import('./commands/start.ts')).start,
  },
  dev: { help: 'as start, with Next.js in development mode', load: async () => (await import('./commands/start.ts')).dev },
  web: { help: 'only the web server', load: async () => (await import('./commands/web.ts')).web },
  worker: { help: 'only a worker', load: async () => (await import('./commands/worker.ts')).worker },
  gateway: {
    help: '[--server URL --key-file FILE] | status | check: a data gateway',
    load: async () => (await import('./commands/gateway.ts')).gateway,
  },
  emulator: {
    help: 'start | info [--json] | mutate [--json FILE]: the demo tenant',
    load: async () => (await import('./commands/emulator.ts')).emulator,
  },
  backup: {
    help: 'FOLDER: write the application database and the keys, also while Entrada runs',
    load: async () => (await import('./commands/backup.ts')).backup,
  },
  restore: {
    help: 'FOLDER: restore a backup into a new data folder or an empty database',
    load: async () => (await import('./commands/backup.ts')).restore,
  },
  migrate: {
    help: 'apply the migrations to DATABASE_URL',
    load: async () => (await import('./commands/migrate.ts')).migrateCommand,
  },
  'landing-url': {
    help: 'print a read-only connection string of the landing database',
    load: async () => (await import('./commands/landing-url.ts')).landingUrl,
  },
  run: {
    help: '<task name or id> [--wait] [--full] [--confirm-deletes]: start a run',
    load: async () => (await import('./commands/run.ts')).runTask,
  },
  admin: {
    help: 'create-user EMAIL [--role ROLE] | set-password EMAIL: prints a link by which the person sets the password',
    load: async () => (await import('./commands/admin.ts')).admin,
  },
  ...Object.fromEntries(
    API_COMMANDS.map((name) => [
      name,
      {
        help: 'ask a server by its API: --help shows the commands',
        load: async () => (await import('./commands/api.ts')).apiCommand(name),
      },
    ]),
  ),
  build: { help: 'build the web app when its sources changed', load: async () => (await import('./commands/build.ts')).build },
  db: { help: 'the Prisma CLI on the database of the data folder', load: async () => (await import('./commands/db.ts')).db },
  bench: {
    help: '[--users N] [--rounds N] [--json FILE]: ours beside the official SDK',
    load: async () => (await import('./commands/bench.ts')).bench,
  },
  check: {
    help: 'format, lint, types, import boundaries, dead code',
    load: async () => (await import('./commands/check.ts')).check,
  },
  test: {
    help: '[check | unit | e2e] [ARGS]: all checks and tests',
    load: async () => (await import('./commands/test.ts')).test,
  },
};

/** Commands that write tenant data or keys. The others write build results, which anyone may read. */
const KEEPS_DATA: ReadonlySet<string> = new Set([
  'start',
  'dev',
  'web',
  'worker',
  'gateway',
  'emulator',
  'admin',
  'backup',
  'restore',
]);

function usage(): string {
  const lines = Object.entries(COMMANDS).map(([name, { help }]) => `  ${name.padEnd(12)} ${help}`);
  return `Usage: npm run --silent entrada -- <command> [options]\n\n${lines.join('\n')}\n`;
}

async function main(argv: readonly string[]): Promise<number> {
  const [name, ...args] = argv;
  if (name === undefined || name === 'help' || name === '--help' || name === '-h') {
    process.stdout.write(usage());
    return 0;
  }
  const entry = COMMANDS[name];
  if (entry === undefined) throw new CliError(`There is no command ${name}.\n\n${usage()}`, { exitCode: 2 });
  if (KEEPS_DATA.has(name)) makeFilesPrivate({ groupReads: env().ENTRADA_LAKE_GROUP_READS });
  return (await entry.load())(args);
}

try {
  process.exitCode = await main(process.argv.slice(2));
} catch (error) {
  if (error instanceof Error && isExpected(error)) {
    console.error(error.message);
    process.exitCode = error instanceof CliError ? error.exitCode : 1;
  } else {
    console.error(error);
    process.exitCode = 70;
  }
}

/** Errors whose message suffices; a stack trace would hide it. */
function isExpected(error: Error): boolean {
  const names = ['CliError', 'EnvError', 'DataDirError', 'KeyRingError', 'EmbeddedPostgresError', 'MigrationError'];
  return (
    names.includes(error.name) ||
    ('problem' in error && 'retry' in error) ||
    ('code' in error && String(error.code).startsWith('ERR_PARSE_ARGS'))
  );
}
