import { randomBytes } from 'node:crypto';
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Format of the data folder. Increase it when an older Entrada can't read what a newer one writes. */
const FORMAT = 1;

/** The data folder can't be used; the message says why and what to do. */
export class DataDirError extends Error {
  override readonly name = 'DataDirError';
}

/** Paths in the data folder. */
export interface DataDir {
  readonly path: string;
  /** File of the key ring that encrypts secrets (`ENTRADA_SECRET_KEY_FILE`). */
  readonly secretKeyFile: string;
  /** Signs session cookies (`AUTH_SECRET`). */
  readonly authSecret: string;
  /** Password of the landing database's read-only role. */
  readonly readerPassword: string;
  /** Password of the role that owns the embedded databases. */
  readonly ownerPassword: string;
  file(...names: string[]): string;
}

/**
 * Makes the data folder with its keys on first use, or opens it.
 * @throws DataDirError when it can't be made or written, is a file, or was made by a newer Entrada.
 */
export function openDataDir(path: string): DataDir {
  makeWritable(path);
  checkFormat(join(path, 'version.json'));
  const secretKeyFile = join(path, 'secret.key');
  keepSecret(secretKeyFile, () => `k1:${randomBytes(32).toString('base64')}`);
  return {
    path,
    secretKeyFile,
    authSecret: keepSecret(join(path, 'auth.secret'), () => randomBytes(32).toString('base64url')),
    readerPassword: keepSecret(join(path, 'landing-reader.password'), () => randomBytes(18).toString('base64url')),
    ownerPassword: keepSecret(join(path, 'postgres-owner.password'), () => randomBytes(24).toString('base64url')),
    file: (...names) => join(path, ...names),
  };
}

function makeWritable(path: string): void {
  try {
    if (existsSync(path) && !statSync(path).isDirectory()) {
      throw new DataDirError(`The data folder ${path} is a file. Set ENTRADA_DATA_DIR to a folder.`);
    }
    makeFolder(path);
    // PostgreSQL refuses to run as root: its own user has to reach its part of the folder.
    chmodSync(path, process.getuid?.() === 0 ? 0o711 : 0o700);
    accessSync(path, constants.W_OK | constants.X_OK);
    // Root passes every access check: only a write detects a read-only file system.
    const probe = join(path, `.probe-${process.pid}`);
    writeFileSync(probe, '');
    rmSync(probe);
  } catch (cause) {
    if (cause instanceof DataDirError) throw cause;
    throw new DataDirError(`${reasonOf(cause, path)} Set ENTRADA_DATA_DIR to a folder that can be written.`, { cause });
  }
}

/** Creates one folder after the other: Node's recursive mkdir fails with ENOENT on a read-only file system, and hangs below /proc. */
function makeFolder(path: string): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path);
}

function reasonOf(error: unknown, path: string): string {
  switch ((error as NodeJS.ErrnoException).code) {
    case 'EROFS':
    case 'EACCES':
    case 'EPERM':
      return `Entrada cannot write to the data folder ${path} (it is read-only or belongs to another user).`;
    case 'ENOSPC':
      return `The disk that holds the data folder ${path} is full.`;
    case 'ENOTDIR':
    case 'EEXIST':
      return `The data folder ${path} cannot be created: a part of its path is a file.`;
    default:
      return `The data folder ${path} cannot be created: ${(error as Error).message}.`;
  }
}

function checkFormat(file: string): void {
  if (!existsSync(file)) {
    writeFileSync(file, `${JSON.stringify({ format: FORMAT })}\n`);
    return;
  }
  const format = readFormat(file);
  if (format === null) {
    throw new DataDirError(
      `${file} does not have the content that Entrada writes. If the folder belongs to another program, set ENTRADA_DATA_DIR to another folder.`,
    );
  }
  if (format > FORMAT) {
    throw new DataDirError(
      `A newer version of Entrada created the data folder (format ${format}; this version supports formats up to ${FORMAT}). Start that version, or set ENTRADA_DATA_DIR to another folder. See ${file}.`,
    );
  }
}

function readFormat(file: string): number | null {
  try {
    const { format } = JSON.parse(readFileSync(file, 'utf8')) as { format?: unknown };
    return typeof format === 'number' ? format : null;
  } catch {
    return null;
  }
}

/** A secret that is made once; only its owner may read it. */
function keepSecret(file: string, make: () => string): string {
  if (!existsSync(file)) writeFileSync(file, `${make()}\n`, { mode: 0o600, flag: 'wx' });
  return readFileSync(file, 'utf8').trim();
}
