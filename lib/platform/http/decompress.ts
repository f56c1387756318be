import { createGunzip } from 'node:zlib';
import { acquireBuffer, releaseBuffer } from './buffer-pool.ts';

/** Pieces that a compressed answer is taken apart in, bytes. */
const PIECE = 256 << 10;
/** Deflate makes nothing smaller than by about this factor (RFC 1951). */
const RATIO_MAX = 1100;

/**
 * The content of a gzip body; null when it is more than `bytesMax`, however small it was on the wire. In small pieces into memory that is
 * used again: large buffers that come and go leave holes in the process's memory, which grew to a gigabyte by them.
 * @throws Error of zlib when it is cut off or damaged.
 */
export async function decompress(body: Buffer, bytesMax: number): Promise<Uint8Array | null> {
  // The last four bytes say how long the content is (RFC 1952, section 2.3.1): no more than a hint.
  const told = body.byteLength < 4 ? 0 : body.readUInt32LE(body.byteLength - 4);
  let content = acquireBuffer(Math.min(told, bytesMax, body.byteLength * RATIO_MAX));
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
