/** Smaller bodies aren't worth keeping. */
const POOLED_MIN = 64 << 10;
/** Buffers are as long as a multiple of this, so that pages of about one size fit into each other's. */
const STEP = 256 << 10;
/** Bytes that wait for use at most. */
const FREE_MAX = 16 << 20;

const lent = new WeakSet<ArrayBufferLike>();
const free: ArrayBuffer[] = [];
let freeBytes = 0;

/**
 * Memory for a body of `bytes`, its content undefined. A page that is thrown away costs a garbage collection of the whole heap for every few
 * dozen megabytes; one that is given back costs nothing. Whoever doesn't give it back loses nothing but that.
 */
export function takeBody(bytes: number): Buffer {
  if (bytes < POOLED_MIN) return Buffer.allocUnsafe(bytes);
  const index = free.findIndex((buffer) => buffer.byteLength >= bytes && buffer.byteLength <= bytes * 2 + STEP);
  const [buffer = new ArrayBuffer(Math.ceil(bytes / STEP) * STEP)] = index < 0 ? [] : free.splice(index, 1);
  if (index >= 0) freeBytes -= buffer.byteLength;
  lent.add(buffer);
  return Buffer.from(buffer, 0, bytes);
}

/** The body is needed by nobody any more: its memory becomes another's. Bodies from elsewhere are left alone. */
export function giveBody(body: Uint8Array): void {
  const { buffer } = body;
  if (!lent.delete(buffer) || freeBytes + buffer.byteLength > FREE_MAX) return;
  free.push(buffer as ArrayBuffer);
  freeBytes += buffer.byteLength;
}
