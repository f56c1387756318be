import { env } from '#lib/platform/config/env.ts';
import { migrate } from '#lib/platform/postgres/migrate.ts';
import { CliError } from '../launcher/cli-error.ts';
import { MIGRATIONS_DIR } from '../launcher/database.ts';

/** Applies the migrations to DATABASE_URL; `start` does it automatically. */
export async function migrateCommand(): Promise<number> {
  const { DATABASE_URL: url } = env();
  if (url === undefined)
    throw new CliError('DATABASE_URL is not set. With the embedded database, npm start migrates automatically.', { exitCode: 2 });
  const applied = await migrate(url, MIGRATIONS_DIR);
  process.stdout.write(applied.length === 0 ? 'Up to date.\n' : `Applied: ${applied.join(', ')}\n`);
  return 0;
}
