import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { expect, test, vi } from 'vitest';
import { abortable } from './abortable.ts';

test('values that were taken are held by nobody, however long the signal lives', async () => {
  setFlagsFromString('--expose-gc');
  const collect = runInNewContext('gc') as () => void;
  const taken: WeakRef<object>[] = [];
  async function* values(): AsyncGenerator<object> {
    for (let index = 0; index < 20; index++) yield { bytes: new Uint8Array(1000) };
  }
  const { signal } = new AbortController();
  for await (const value of abortable(values(), signal)) taken.push(new WeakRef(value));
  await vi.waitFor(() => {
    collect();
    expect(taken.filter((value) => value.deref() !== undefined).length).toBeLessThan(3);
  });
});

test('a source that hangs is given up at once with the reason of the signal, and closed', async () => {
  const stop = new AbortController();
  const { promise: never } = Promise.withResolvers<number>();
  const returned = vi.fn(async () => ({ done: true as const, value: undefined }));
  const source = { [Symbol.asyncIterator]: () => ({ next: async () => ({ value: await never }), return: returned }) };
  const reading = abortable(source, stop.signal).next();
  stop.abort(new Error('enough'));
  await expect(reading).rejects.toThrow('enough');
  expect(returned).toHaveBeenCalledOnce();
});
