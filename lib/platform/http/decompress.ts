import { createGunzip } from 'node:zlib';
import { acquireBuffer, releaseBuffer } from './buffer-pool.ts';

/** Size of the pieces in which an answer is decompressed, bytes. */
const PIECE = 256 << 10;
/** Largest compression ratio of deflate (RFC 1951). */
const RATIO_MAX = 1100;

/**
 * The content of a gzip body; null when it is larger than `bytesMax`, whatever its compressed size. Decompresses in small pieces into a
 * pooled buffer: large short-lived buffers fragment the memory of the process, which grew to a gigabyte with them.
 * @throws Error of zlib when the body is truncated or damaged.
 */
export async function decompress(body: Buffer, bytesMax: number): Promise<Uint8Array | null> {
  // The last four bytes are the length of the content modulo 2^32 (RFC 1952, section 2.3.1): a hint only.
  const hint = body.byteLength < 4 ? 0 : body.readUInt32LE(body.byteLength - 4);
  let content = acquireBuffer(Math.min(hint, bytesMax, body.byteLength * RATIO_MAX));
  let size = 0;
  const stream = createGunzip({ chunkSize: PIECE });
  stream.end(body);
  for await (const piece of stream as AsyncIterable<Buffer>) {
    const needed = size + piece.byteLength;
    if (needed > bytesMax) return null;
    if (needed > content.byteLength) {
      const larger = acquireBuffer(Math.min(bytesMax, needed * 2));
      larger.set(content.subarray(0, size));
      releaseBuffer(content);
      content = larger;
    }
    content.set(piece, size);
    size = needed;
  }
  return content.subarray(0, size);
}
