import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ConflictError } from '#lib/platform/errors.ts';

/** The process that holds the lock. */
export interface LockHolder {
  readonly pid: number;
  /** Distinguishes a process from a later one with the same id: boot id and start time; null where the system does not provide them. */
  readonly started: string | null;
}

/**
 * Takes the lock `file`: one gateway per data folder. The lock of a process that no longer runs (killed, rebooted) is replaced.
 * @returns a function that releases the lock.
 * @throws ConflictError when another process holds it.
 */
export function takeProcessLock(file: string): () => void {
  const own = `${file}.${process.pid}`;
  writeFileSync(own, JSON.stringify({ pid: process.pid, started: startOf(process.pid) } satisfies LockHolder), { mode: 0o600 });
  try {
    for (let attempt = 0; attempt < 2; attempt++) {
      if (linked(own, file)) return () => rmSync(file, { force: true });
      const holder = lockHolder(file);
      if (holder !== null) throw taken(file, holder);
      rmSync(file, { force: true });
    }
    throw taken(file, null);
  } finally {
    rmSync(own, { force: true });
  }
}

/** The process that holds the lock; null when none does. */
export function lockHolder(file: string): LockHolder | null {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
    return isThere(holder) ? holder : null;
  } catch {
    return null;
  }
}

/** Creating a hard link is atomic, so that nobody reads a partly written lock. */
function linked(from: string, to: string): boolean {
  try {
    linkSync(from, to);
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'EEXIST') return false;
    throw error;
  }
}

function isThere({ pid, started }: LockHolder): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== 'EPERM') return false;
  }
  return process.platform !== 'linux' || startOf(pid) === started;
}

/** Only on Linux: the boot id, and the start time of the process in clock ticks (proc(5), /proc/pid/stat, field 22). Null: no such process. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may contain spaces and parentheses: fields are counted after its last parenthesis.
    const [state, ...fields] = stat.slice(stat.lastIndexOf(')') + 2).split(' ');
    return state === 'Z' ? null : `${boot} ${fields[18]}`;
  } catch {
    return null;
  }
}

function taken(file: string, holder: LockHolder | null): ConflictError {
  return new ConflictError({
    code: 'gateway-folder-taken',
    title:
      holder === null
        ? `The gateway cannot lock the file ${file}.`
        : `Another gateway process already uses this data folder (process ${holder.pid}).`,
    remedy: 'Stop that process first, or set another folder for this gateway with ENTRADA_GATEWAY_DATA_DIR.',
    fixer: 'operator',
  });
}
