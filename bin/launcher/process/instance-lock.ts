import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive } from '#lib/platform/is-alive.ts';
import { CliError } from '../cli-error.ts';

/** Facts about the running Entrada for commands on the same machine. Contains passwords: file mode 0600. */
export interface RuntimeInfo {
  readonly pid: number;
  readonly url: string;
  readonly databaseUrl: string;
  readonly landingUrl: string;
  readonly landingReaderUrl: string;
  readonly keys: { readonly ENTRADA_SECRET_KEY: string } | { readonly ENTRADA_SECRET_KEY_FILE: string };
  readonly extraClouds: string;
  readonly extraCaFile: string | null;
}

/**
 * Takes the lock `file`: one Entrada per data folder. Throws a CliError that names the holder; the lock of a process that no longer runs
 * is replaced.
 * @returns a function that releases the lock.
 */
export function takeInstanceLock(file: string, url: string): () => void {
  for (let attempt = 0; attempt < 2; attempt++) {
    try {
      writeFileSync(file, JSON.stringify({ pid: process.pid, url }), { flag: 'wx', mode: 0o600 });
      return () => rmSync(file, { force: true });
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== 'EEXIST') throw error;
      const holder = readHolder(file);
      if (holder !== null && isAlive(holder.pid)) {
        throw new CliError(
          `Entrada is already running on this data folder (process ${holder.pid}, ${holder.url}). Stop that process first, or set ENTRADA_DATA_DIR to another folder.`,
          { cause: error },
        );
      }
      rmSync(file, { force: true });
    }
  }
  throw new CliError(`Entrada cannot lock the file ${file}. Delete the file if Entrada is not running.`);
}

/** Reads what the running Entrada wrote; throws a CliError when none runs with this data folder. */
export function readRuntimeInfo(file: string): RuntimeInfo {
  if (existsSync(file)) {
    const info = JSON.parse(readFileSync(file, 'utf8')) as RuntimeInfo;
    if (isAlive(info.pid)) return info;
  }
  throw new CliError('Entrada is not running on this data folder. Start it with npm start. ENTRADA_DATA_DIR sets the folder.');
}

function readHolder(file: string): { readonly pid: number; readonly url: string } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { pid: number; url: string };
  } catch {
    return null;
  }
}
