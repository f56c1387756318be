import { join, resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { systemClock } from '#lib/platform/clock.ts';
import { openDataDir } from '#lib/platform/config/data-dir.ts';
import { env } from '#lib/platform/config/env.ts';
import { DumpError } from '#lib/platform/postgres/dump.ts';
import { readBackup, restoreBackup, writeBackup } from '../launcher/backup.ts';
import { CliError } from '../launcher/cli-error.ts';
import { MIGRATIONS_DIR, openDatabases } from '../launcher/database.ts';
import { readRuntimeInfo, takeInstanceLock } from '../launcher/process/instance-lock.ts';

/** `entrada backup FOLDER`: the application database and the keys, while Entrada runs. */
export async function backup(args: readonly string[]): Promise<number> {
  const to = folderOf(args, 'backup');
  const settings = env();
  const databaseUrl = settings.DATABASE_URL ?? readRuntimeInfo(join(settings.dataDir, 'runtime.json')).databaseUrl;
  const { tables, parts } = await writeBackup({ databaseUrl, dataDir: settings.dataDir, to, now: systemClock.now() });
  const rows = tables.reduce((sum, table) => sum + table.rows, 0);
  process.stdout.write(`${to}: ${rows} rows of ${tables.length} tables; of the data folder: ${parts.join(', ') || 'nothing'}.\n`);
  if (!parts.includes('secret.key') || settings.ENTRADA_SECRET_KEY !== undefined) {
    process.stdout.write('ENTRADA_SECRET_KEY contains the key that decrypts the secrets. Store it apart from this backup.\n');
  } else {
    process.stdout.write('The backup contains the key that decrypts the secrets. Store it where nobody else can read it.\n');
  }
  process.stdout.write('Landed tables and the lake are not in the backup: a reload lands them again.\n');
  return 0;
}

/** `entrada restore FOLDER`: into a new data folder, or an empty database of DATABASE_URL, while Entrada does not run there. */
export async function restore(args: readonly string[]): Promise<number> {
  const from = folderOf(args, 'restore');
  const settings = env();
  readBackup(from);
  const dataDir = openDataDir(settings.dataDir);
  const unlock = takeInstanceLock(dataDir.file('launcher.lock'), settings.baseUrl);
  try {
    const databases = await openDatabases(settings, dataDir);
    try {
      const to = { databaseUrl: databases.databaseUrl, dataDir: settings.dataDir, migrationsDir: MIGRATIONS_DIR };
      const { manifest, upgraded } = await restoreBackup(from, to);
      process.stdout.write(`Restored the backup of ${manifest.createdAt}. Migrations applied after it: ${upgraded.length}.\n`);
      process.stdout.write(
        'Start Entrada. Everybody has to sign in again. Tasks whose tables are missing read all rows again.\n',
      );
    } finally {
      await databases.stop();
    }
  } catch (error) {
    throw error instanceof DumpError ? new CliError(error.message, { cause: error }) : error;
  } finally {
    unlock();
  }
  return 0;
}

function folderOf(args: readonly string[], verb: string): string {
  const [folder, ...more] = parseArgs({ args: [...args], allowPositionals: true }).positionals;
  if (folder === undefined || more.length > 0) throw new CliError(`Usage: entrada -- ${verb} FOLDER`, { exitCode: 2 });
  return resolve(folder);
}
