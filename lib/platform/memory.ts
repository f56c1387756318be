import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * Node arguments of a process that reads pages: a small young generation, so that released buffers are collected soon. It costs nothing,
 * since few other objects are created, and saves 100 MB.
 */
export const READER_NODE_ARGS = ['--max-semi-space-size=2'] as const;

/**
 * Environment of such a process. glibc: all threads share two arenas instead of having one each, which saves another 80 MB; other systems
 * ignore it. libuv: parsing occupies two of its four threads, so that decompression and disk access waited for the other two (a quarter of
 * the time with gzip bodies).
 */
export const READER_ENV = { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '8' } as const;

/**
 * Node arguments of the web process by `ENTRADA_WEB_HEAP`. `small` collects before the heap grows: watching a run of 291 datasets takes some 290 MB
 * with it and 390 MB with `large` (e2e/watched-run.spec.ts), which computes the same pages in half the CPU time.
 */
export const WEB_NODE_ARGS = {
  small: ['--max-semi-space-size=16', '--optimize-for-size'],
  large: ['--max-semi-space-size=16'],
} as const satisfies Record<string, readonly string[]>;

/** Environment of the web process, see READER_ENV. */
export const WEB_ENV = { MALLOC_ARENA_MAX: '2' } as const;

/** Released bytes after which a minor collection runs; it takes 1 to 2 ms. */
const RELEASED_MAX = 32 << 20;
/** Bytes of buffers above which a major collection runs, for buffers that minor collections no longer see. */
const BUFFERS_MAX = 128 << 20;

type Collect = (options: { readonly type: 'minor' | 'major' }) => void;

let collect: Collect | null = null;
let releasedBytes = 0;

/**
 * Configures the process for reading: V8 counts buffers as part of the heap when it schedules major collections. By default every 64 MB of
 * buffers cause one, whatever the size of the heap: a quarter of a reload's CPU time. `accountReleasedBytes` then bounds memory.
 * Call it once, before reading starts.
 */
export function prepareForReading(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as Collect;
}

/** Accounts `bytes` of released short-lived buffers, and collects garbage when they are many. Does nothing unless `prepareForReading` was called. */
export function accountReleasedBytes(bytes: number): void {
  releasedBytes += bytes;
  if (releasedBytes < RELEASED_MAX) return;
  releasedBytes = 0;
  if (collect === null) return;
  collect({ type: 'minor' });
  if (getHeapStatistics().external_memory > BUFFERS_MAX) collect({ type: 'major' });
}
