import { getHeapStatistics, setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';

/**
 * What a process that reads pages is started with: the young part of the heap is small, so that buffers which were thrown away are freed
 * soon. It costs nothing (few other objects are made) and spares 100 MB.
 */
export const READER_NODE_ARGS = ['--max-semi-space-size=2'] as const;

/**
 * The same as environment. glibc: threads share two heaps instead of having one each, whose holes nobody else could use; spares another
 * 80 MB, and other systems don't know it. libuv: parsing takes two of its four threads all the time, and decompressing and the disk waited for
 * the rest (a quarter of the time with gzip bodies).
 */
export const READER_ENV = { MALLOC_ARENA_MAX: '2', UV_THREADPOOL_SIZE: '8' } as const;

/** Bytes of thrown away buffers after which the young part of the heap is looked through: a millisecond or two. */
const GARBAGE_MAX = 32 << 20;
/** Bytes of buffers beyond which the whole heap is looked through: those that lived too long for the small collections are freed by it. */
const BUFFERS_MAX = 128 << 20;

type Collect = (options: { readonly type: 'minor' | 'major' }) => void;

let collect: Collect | null = null;
let garbage = 0;

/**
 * Sets the process up for reading: buffers count as part of the heap when V8 decides on a collection of all of it. By default every 64 MB of
 * buffers cost one, whatever the heap's size: a quarter of a reload's CPU time. `noteGarbage` then keeps memory bounded by small ones.
 * To be called once, before the work starts.
 */
export function prepareForReading(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
  setFlagsFromString('--expose-gc');
  collect = runInNewContext('gc') as Collect;
}

/** `bytes` of short-lived buffers were thrown away. Does nothing in a process that wasn't prepared. */
export function accountReleasedBytes(bytes: number): void {
  garbage += bytes;
  if (garbage < GARBAGE_MAX) return;
  garbage = 0;
  if (collect === null) return;
  collect({ type: 'minor' });
  if (getHeapStatistics().external_memory > BUFFERS_MAX) collect({ type: 'major' });
}
