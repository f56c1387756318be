import { existsSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { isAlive } from '#lib/platform/is-alive.ts';
import { CliError } from '../cli-error.ts';

/** What commands on the same machine need to reach the running Entrada. Holds passwords: 0600. */
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
 * One Entrada per data folder. Takes `file`, or throws a CliError that says who has it; the lock of a process that is gone (killed)
 * is taken over.
 * @returns releases the lock.
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
          `Entrada is running already on this data folder (process ${holder.pid}, ${holder.url}). Stop it first, or set ENTRADA_DATA_DIR to another folder.`,
          { cause: error },
        );
      }
      rmSync(file, { force: true });
    }
  }
  throw new CliError(`${file} can't be taken. Remove it if no Entrada runs.`);
}

/** What the running Entrada wrote, or a CliError when none runs on this data folder. */
export function readRuntimeInfo(file: string): RuntimeInfo {
  if (existsSync(file)) {
    const info = JSON.parse(readFileSync(file, 'utf8')) as RuntimeInfo;
    if (isAlive(info.pid)) return info;
  }
  throw new CliError("Entrada isn't running on this data folder. Start it with npm start (ENTRADA_DATA_DIR says which folder).");
}

function readHolder(file: string): { readonly pid: number; readonly url: string } | null {
  try {
    return JSON.parse(readFileSync(file, 'utf8')) as { pid: number; url: string };
  } catch {
    return null;
  }
}
