import { createHash } from 'node:crypto';
import type { Uploaded } from './lake-store.ts';

/** Counts and hashes the bytes of a stream; `result()` is valid after the last chunk. */
export function hashWhileReading(source: AsyncIterable<unknown>): { readonly chunks: AsyncIterable<Buffer>; result(): Uploaded } {
  const digest = createHash('sha256');
  let bytes = 0;
  async function* pass(): AsyncGenerator<Buffer> {
    for await (const chunk of source) {
      const buffer = chunk as Buffer;
      digest.update(buffer);
      bytes += buffer.byteLength;
      yield buffer;
    }
  }
  return { chunks: pass(), result: () => ({ bytes, sha256: digest.digest('hex') }) };
}
