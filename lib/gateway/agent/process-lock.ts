import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { ConflictError } from '#lib/platform/errors.ts';

/** Who holds the lock. */
export interface LockHolder {
  readonly pid: number;
  /** Distinguishes a process from a later one with the same id: boot and time of its start; null where the system doesn't say. */
  readonly started: string | null;
}

/**
 * One gateway per data folder: takes the lock `file`. The lock of a process that is gone (killed, another boot) is taken over.
 * @returns releases the lock.
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

/** The process that holds the lock; null when nobody does. */
export function lockHolder(file: string): LockHolder | null {
  try {
    const holder = JSON.parse(readFileSync(file, 'utf8')) as LockHolder;
    return isThere(holder) ? holder : null;
  } catch {
    return null;
  }
}

/** A link is made with its content or not at all, so that nobody reads a lock that is half written. */
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

/** Of Linux alone: the boot, and the clock ticks from it to the start of the process (proc(5), /proc/pid/stat, field 22). Null: no such process. */
function startOf(pid: number): string | null {
  try {
    const boot = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8');
    // The name of the program may hold spaces and parentheses: fields are counted behind its last one.
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
        ? `The lock ${file} can't be taken.`
        : `A gateway runs already on this data folder (process ${holder.pid}).`,
    remedy: 'Stop it first, or give this gateway a folder of its own with ENTRADA_GATEWAY_DATA_DIR.',
    fixer: 'operator',
  });
}
