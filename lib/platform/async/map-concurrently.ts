/**
 * Results of `map` for each item, as each is there, whatever the order; at most `limit` are worked on at once. While nobody takes results no
 * further item is begun.
 * @throws what the first failing `map` threw; the others under way are left to end by themselves.
 */
export async function* mapConcurrently<T, R>(items: Iterable<T>, limit: number, map: (item: T) => Promise<R>): AsyncGenerator<R> {
  const rest = items[Symbol.iterator]();
  const running = new Map<object, Promise<readonly [object, R]>>();
  const begin = (): void => {
    const next = running.size < limit ? rest.next() : { done: true as const };
    if (next.done === true) return;
    const key = {};
    const result = map(next.value).then((value) => [key, value] as const);
    // A failure is thrown where results are awaited; those nobody awaits any more must not count as unhandled.
    result.catch(() => undefined);
    running.set(key, result);
    begin();
  };
  for (begin(); running.size > 0; begin()) {
    const [key, value] = await Promise.race(running.values());
    running.delete(key);
    yield value;
  }
}

/** The values of several iterations as they come. @throws what the first failing one threw; the others are ended. */
export async function* mergeAsync<T>(sources: readonly AsyncIterable<T>[]): AsyncGenerator<T> {
  const iterators = sources.map((source) => source[Symbol.asyncIterator]());
  const steps = new Map(iterators.map((iterator) => [iterator, stepOf(iterator)]));
  try {
    while (steps.size > 0) {
      const { iterator, result } = await Promise.race(steps.values());
      // Put last: of several that are ready, `race` takes the first, and one that is always ready must not hold up the others.
      steps.delete(iterator);
      if (result.done === true) continue;
      steps.set(iterator, stepOf(iterator));
      yield result.value;
    }
  } finally {
    for (const iterator of steps.keys()) void iterator.return?.(undefined).catch(() => undefined);
  }
}

function stepOf<T>(iterator: AsyncIterator<T>) {
  const step = iterator.next().then((result) => ({ iterator, result }));
  step.catch(() => undefined);
  return step;
}
