import { setFlagsFromString } from 'node:v8';

/**
 * What a process that reads pages is started with: the young part of the heap is small, so that buffers which were thrown away are freed
 * soon. It costs nothing (few other objects are made) and spares 100 MB.
 */
export const READER_NODE_ARGS = ['--max-semi-space-size=2'] as const;

/**
 * Lets buffers count as part of the heap when V8 decides on a garbage collection. By default every 64 MB of buffers cost one of the whole
 * heap, whatever its size: a quarter of a reload's CPU time. Memory stays bounded: collections then come with the growth of both.
 * To be called once, before the work starts.
 */
export function countBuffersAsHeap(): void {
  setFlagsFromString('--external-memory-accounted-in-global-limit');
}
