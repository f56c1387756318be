/**
 * The values of `source` until `signal` aborts: then the pending `next` is given up at once with the signal's reason, however long the
 * source takes to notice. The source is closed in every case.
 */
export async function* abortable<T>(source: AsyncIterable<T>, signal: AbortSignal): AsyncGenerator<T> {
  const iterator = source[Symbol.asyncIterator]();
  try {
    for (;;) {
      const next = await raceAbort(iterator.next(), signal);
      if (next.done === true) return;
      yield next.value;
    }
  } finally {
    // Not awaited: a generator that hangs in a request would hold us with it.
    void iterator.return?.().catch(() => undefined);
  }
}

/**
 * The result of `work`, or a rejection with the signal's reason when that aborts first. Each call adds its own listener and removes it:
 * `Promise.race` with one promise for the whole run would keep every value until the run ends, since a promise keeps its reactions.
 */
export async function raceAbort<T>(work: Promise<T>, signal: AbortSignal): Promise<T> {
  const { promise, resolve, reject } = Promise.withResolvers<T>();
  const onAbort = (): void => reject(signal.reason);
  work.then(resolve, reject);
  signal.addEventListener('abort', onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    return await promise;
  } finally {
    signal.removeEventListener('abort', onAbort);
  }
}
