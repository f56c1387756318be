import { statfsSync } from 'node:fs';
import { tmpdir } from 'node:os';

/** `f_type` of a file system that is kept in memory (statfs(2)). */
const TMPFS = 0x01021994;
/** Bytes; a whole run has less than half of that at once. */
const ROOM_MIN = 4 * 2 ** 30;
/** Bytes; what the processes of the tests use beside the files. */
const MEMORY_MIN = 8 * 2 ** 30;
const SHARED_MEMORY = '/dev/shm';

/**
 * Folder in which a test run may make folders: in memory where there is room, else that of the system. Each test has databases of its own, and
 * to make one on a disk takes ten times as long. A folder named by `TMPDIR` is used.
 */
export function testFilesRoot(): string {
  return tmpdir() === '/tmp' && hasRoomInMemory() ? SHARED_MEMORY : tmpdir();
}

function hasRoomInMemory(): boolean {
  try {
    const { type, bavail, bsize } = statfsSync(SHARED_MEMORY);
    return type === TMPFS && bavail * bsize >= ROOM_MIN && process.availableMemory() >= MEMORY_MIN;
  } catch {
    return false;
  }
}
