/** Smaller bodies aren't worth keeping. */
const POOLED_MIN = 64 << 10;
/** Buffers are as long as a multiple of this, so that pages of about one size fit into each other's. */
const STEP = 256 << 10;
/** Bytes that wait for use at most. */
const FREE_MAX = 48 << 20;

const lent = new WeakSet<ArrayBufferLike>();
const free: ArrayBuffer[] = [];
let freeBytes = 0;

/**
 * Memory for a body of `bytes`, its content undefined. A page that is thrown away costs a garbage collection of the whole heap for every few
 * dozen megabytes; one that is given back costs nothing. Whoever doesn't give it back loses nothing but that.
 */
export function acquireBuffer(bytes: number): Buffer {
  if (bytes < POOLED_MIN) return Buffer.allocUnsafe(bytes);
  const index = free.findIndex((buffer) => buffer.byteLength >= bytes && buffer.byteLength <= bytes * 2 + STEP);
  const [buffer = new ArrayBuffer(Math.ceil(bytes / STEP) * STEP)] = index < 0 ? [] : free.splice(index, 1);
  if (index >= 0) freeBytes -= buffer.byteLength;
  lent.add(buffer);
  return Buffer.from(buffer, 0, bytes);
}

/** A body whose length nobody told, as it comes. */
export class GrowingBody {
  /** Pages of a collection are about as long as the one before. */
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

  /** The whole; nothing may be added afterwards. */
  end(): Buffer {
    if (this.#size >= POOLED_MIN) GrowingBody.#lastBytes = this.#size;
    return this.#content?.subarray(0, this.#size) ?? Buffer.alloc(0);
  }

  /** Long bodies begin small, as most are short. */
  #grow(needed: number): void {
    const before = this.#content;
    const bytes = needed < POOLED_MIN ? POOLED_MIN : Math.max(needed * 2, GrowingBody.#lastBytes);
    const larger = acquireBuffer(bytes);
    this.#content = Buffer.from(larger.buffer);
    if (before === null) return;
    this.#content.set(before.subarray(0, this.#size));
    releaseBuffer(before);
  }
}

/** The body is needed by nobody any more: its memory becomes another's. Bodies from elsewhere are left alone. */
export function releaseBuffer(body: Uint8Array): void {
  const { buffer } = body;
  if (!lent.delete(buffer) || freeBytes + buffer.byteLength > FREE_MAX) return;
  free.push(buffer as ArrayBuffer);
  freeBytes += buffer.byteLength;
}
