import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { DumpManifest, dumpTables, restoreTables } from '#lib/platform/postgres/dump.ts';
import { migrate } from '#lib/platform/postgres/migrate.ts';
import { CliError } from './cli-error.ts';

/** Format of a backup. Increase it when an older Entrada can't restore what a newer one writes. */
const FORMAT = 1;
const MANIFEST = 'manifest.json';
/** Of the data folder: the keys, the signature of cookies, and the demo tenant. The embedded PostgreSQL, staged rows and the lake are not in a backup. */
const PARTS = ['secret.key', 'auth.secret', 'demo'];
/** Nobody stays signed in by a backup, and no answer of before is given again. */
const WITHOUT_ROWS = ['sessions', 'idempotency_keys'];

const Manifest = DumpManifest.extend({ format: z.number(), createdAt: z.string(), parts: z.array(z.string()) });
type Manifest = z.infer<typeof Manifest>;

/** Writes the application database and the parts of the data folder to a new folder; the server may run meanwhile. @throws CliError */
export async function writeBackup(of: {
  readonly databaseUrl: string;
  readonly dataDir: string;
  readonly to: string;
  readonly now: Date;
}): Promise<Manifest> {
  if (existsSync(of.to) && readdirSync(of.to).length > 0) {
    throw new CliError(`${of.to} is not empty. Enter a folder that does not exist yet.`, { exitCode: 2 });
  }
  mkdirSync(of.to, { recursive: true, mode: 0o700 });
  const dump = await dumpTables(of.databaseUrl, of.to, { without: WITHOUT_ROWS });
  const parts = PARTS.filter((name) => existsSync(join(of.dataDir, name)));
  for (const name of parts) cpSync(join(of.dataDir, name), join(of.to, 'data', name), { recursive: true });
  const manifest = { format: FORMAT, createdAt: of.now.toISOString(), parts, ...dump };
  // Last: a backup that was broken off has no manifest, and is not restored.
  writeFileSync(join(of.to, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`, { mode: 0o600, flush: true });
  return manifest;
}

/** @throws CliError when the folder is no backup, or that of a newer Entrada. */
export function readBackup(from: string): Manifest {
  if (!existsSync(join(from, MANIFEST))) {
    throw new CliError(`${from} is not a complete backup: the file ${MANIFEST} is missing.`, { exitCode: 2 });
  }
  const manifest = Manifest.parse(JSON.parse(readFileSync(join(from, MANIFEST), 'utf8')));
  if (manifest.format > FORMAT)
    throw new CliError('A newer version of Entrada created the backup. Restore the backup with that version.');
  return manifest;
}

/**
 * Restores a backup, also of an earlier release, into an empty database: applies the migrations that it had, fills the tables, then applies the newer ones.
 * @param to.dataDir gets the parts of the data folder; what they replace is kept beside them as `<name>.before-restore`
 * @throws CliError
 */
export async function restoreBackup(
  from: string,
  to: { readonly databaseUrl: string; readonly dataDir: string; readonly migrationsDir: string },
): Promise<{ readonly manifest: Manifest; readonly upgraded: readonly string[] }> {
  const manifest = readBackup(from);
  const unknown = manifest.migrations.find((name) => !existsSync(join(to.migrationsDir, name)));
  if (unknown !== undefined) {
    throw new CliError(
      `A newer version of Entrada created the backup (this version does not have the migration ${unknown}). Restore the backup with that version.`,
    );
  }
  const applied = await migrate(to.databaseUrl, to.migrationsDir, { only: manifest.migrations });
  if (applied.length !== manifest.migrations.length) {
    throw new CliError('The database is not empty. Restore into a new data folder, or into an empty database.');
  }
  await restoreTables(to.databaseUrl, from, manifest);
  for (const name of manifest.parts) restorePart(join(from, 'data', name), join(to.dataDir, name));
  return { manifest, upgraded: await migrate(to.databaseUrl, to.migrationsDir) };
}

function restorePart(from: string, to: string): void {
  if (existsSync(to)) renameSync(to, `${to}.before-restore`);
  cpSync(from, to, { recursive: true });
}
