/** Smaller buffers are not pooled, bytes. */
const POOLED_MIN = 64 << 10;
/** Sizes of pooled buffers are multiples of this, so that a page fits into the buffer of one of about the same size, bytes. */
const STEP = 256 << 10;
/** Bound of the free buffers, bytes. */
const FREE_MAX = 48 << 20;

const lent = new WeakSet<ArrayBufferLike>();
const free: ArrayBuffer[] = [];
let freeBytes = 0;

/**
 * A buffer of `bytes` with undefined content. Unpooled pages cost a garbage collection of the whole heap for every few dozen megabytes;
 * a released buffer costs nothing. A buffer that is not released is collected like any other.
 */
export function acquireBuffer(bytes: number): Buffer {
  if (bytes < POOLED_MIN) return Buffer.allocUnsafe(bytes);
  const index = free.findIndex((buffer) => buffer.byteLength >= bytes && buffer.byteLength <= bytes * 2 + STEP);
  const [buffer = new ArrayBuffer(Math.ceil(bytes / STEP) * STEP)] = index < 0 ? [] : free.splice(index, 1);
  if (index >= 0) freeBytes -= buffer.byteLength;
  lent.add(buffer);
  return Buffer.from(buffer, 0, bytes);
}

/** A body of unknown length that is received in pieces. */
export class ResponseBuffer {
  /** Size of the last large body: the pages of a collection have about the same size. */
  static #lastBytes = 0;
  #content: Buffer | null = null;
  #size = 0;

  get size(): number {
    return this.#size;
  }

  add(piece: Uint8Array): void {
    const needed = this.#size + piece.byteLength;
    if (this.#content === null || needed > this.#content.buffer.byteLength) this.#grow(needed);
    this.#content?.set(piece, this.#size);
    this.#size = needed;
  }

  /** Returns the whole body; nothing may be added afterwards. */
  end(): Buffer {
    if (this.#size >= POOLED_MIN) ResponseBuffer.#lastBytes = this.#size;
    return this.#content?.subarray(0, this.#size) ?? Buffer.alloc(0);
  }

  /** The first buffer is small, since most bodies are short. */
  #grow(needed: number): void {
    const before = this.#content;
    const bytes = needed < POOLED_MIN ? POOLED_MIN : Math.max(needed * 2, ResponseBuffer.#lastBytes);
    const larger = acquireBuffer(bytes);
    this.#content = Buffer.from(larger.buffer);
    if (before === null) return;
    this.#content.set(before.subarray(0, this.#size));
    releaseBuffer(before);
  }
}

/** Returns a buffer to the pool; its content must not be used afterwards. Buffers that `acquireBuffer` did not create are ignored. */
export function releaseBuffer(body: Uint8Array): void {
  const { buffer } = body;
  if (!lent.delete(buffer) || freeBytes + buffer.byteLength > FREE_MAX) return;
  free.push(buffer as ArrayBuffer);
  freeBytes += buffer.byteLength;
}
