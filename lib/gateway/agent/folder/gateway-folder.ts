import {
  chmodSync,
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { join } from 'node:path';
import type { z } from 'zod';
import { AppError } from '#lib/platform/errors.ts';

/** The data folder of a gateway. Only its owner has access (folder 0700, files 0600). */
export interface GatewayFolder {
  readonly path: string;
  /** Folder of the stages of running reloads. */
  readonly workDir: string;
  readonly lockFile: string;
  /** Content of a file; null when it does not exist. @throws AppError when its content is not valid under the schema. */
  read<T>(name: string, schema: z.ZodType<T>): T | null;
  /** Replaces a file atomically: readers, also after a crash, see the old or the new content. */
  write(name: string, value: unknown): void;
  remove(name: string): void;
  /** Deletes partly written files of a killed process. Only the holder of the lock may call it. */
  removeDrafts(): void;
}

/**
 * Opens the data folder; creates it when it does not exist.
 * @throws AppError with a remedy when it cannot be used.
 */
export function openGatewayFolder(path: string): GatewayFolder {
  const workDir = join(path, 'work');
  try {
    mkdirSync(path, { recursive: true, mode: 0o700 });
    if (!statSync(path).isDirectory()) throw Object.assign(new Error('is a file'), { code: 'ENOTDIR' });
    chmodSync(path, 0o700);
    mkdirSync(workDir, { recursive: true, mode: 0o700 });
  } catch (cause) {
    throw unusable(path, (cause as NodeJS.ErrnoException).code ?? 'unknown error', cause);
  }
  return {
    path,
    workDir,
    lockFile: join(path, 'gateway.lock'),
    read(name, schema) {
      const file = join(path, name);
      if (!existsSync(file)) return null;
      try {
        return schema.parse(JSON.parse(readFileSync(file, 'utf8')));
      } catch (cause) {
        throw unreadable(file, cause);
      }
    },
    write(name, value) {
      const file = join(path, name);
      const next = `${file}.${process.pid}.new`;
      writeFileSync(next, `${JSON.stringify(value)}\n`, { mode: 0o600, flush: true });
      renameSync(next, file);
    },
    remove: (name) => rmSync(join(path, name), { force: true }),
    removeDrafts() {
      const drafts = readdirSync(path).filter((name) => /\.new$|\.lock\.\d+$/.test(name));
      for (const name of drafts) rmSync(join(path, name), { force: true });
    },
  };
}

function unusable(path: string, reason: string, cause: unknown): AppError {
  return new AppError(
    {
      code: 'gateway-folder-unusable',
      title: `The gateway cannot use the data folder ${path} (${reason}).`,
      remedy: 'Set ENTRADA_GATEWAY_DATA_DIR to a folder to which the user of the gateway has write access.',
      fixer: 'operator',
    },
    { cause },
  );
}

function unreadable(file: string, cause: unknown): AppError {
  return new AppError(
    {
      code: 'gateway-folder-unusable',
      title: `${file} does not have the format of this version of the gateway.`,
      remedy:
        'Restore the file from a backup. Or set ENTRADA_GATEWAY_DATA_DIR to an empty folder, and register the gateway with a new key from the page Data gateways.',
      fixer: 'operator',
    },
    { cause },
  );
}
