/** Size of a block, bytes: rows are stored in blocks, so that a page is a few slices and nothing is built per request. */
const BLOCK_BYTES = 64 << 20;
const COMMA = Buffer.from(',');

/** JSON rows in a fixed order, stored as bytes. */
export class RowStore {
  readonly #blocks: Buffer[] = [];
  readonly #blockBytes: number;
  /** Start position of each row across all blocks. */
  readonly #starts: Float64Array;
  readonly #lengths: Uint32Array;
  /** Rows that replace stored ones. */
  readonly #instead = new Map<number, Buffer>();
  #used: number;
  #rows = 0;

  /** @param blockBytes at least the size of the largest row. */
  constructor(rows: number, blockBytes = BLOCK_BYTES) {
    this.#blockBytes = blockBytes;
    this.#used = blockBytes;
    this.#starts = new Float64Array(rows);
    this.#lengths = new Uint32Array(rows);
  }

  get rows(): number {
    return this.#rows;
  }

  push(json: string): void {
    const length = Buffer.byteLength(json);
    if (this.#used + length + 1 > this.#blockBytes) {
      this.#blocks.push(Buffer.allocUnsafeSlow(this.#blockBytes));
      this.#used = 0;
    }
    const block = this.#blocks.at(-1) ?? Buffer.alloc(0);
    if (this.#used > 0) this.#used += COMMA.copy(block, this.#used);
    this.#starts[this.#rows] = (this.#blocks.length - 1) * this.#blockBytes + this.#used;
    this.#lengths[this.#rows++] = length;
    block.write(json, this.#used);
    this.#used += length;
  }

  /** Returns `json` in place of row `index` until `restore`. */
  replace(index: number, json: string): void {
    this.#instead.set(index, Buffer.from(json));
  }

  restore(): void {
    this.#instead.clear();
  }

  /** The rows `from` inclusive to `to` exclusive, separated by commas, as slices. */
  slices(from: number, to: number): Buffer[] {
    const slices: Buffer[] = [];
    let runFrom = from;
    const flush = (runTo: number): void => {
      for (let at = runFrom; at < runTo; ) at = this.#slice(at, runTo, slices);
    };
    if (this.#instead.size > 0) {
      for (let row = from; row < to; row++) {
        const other = this.#instead.get(row);
        if (other === undefined) continue;
        flush(row);
        if (slices.length > 0) slices.push(COMMA);
        slices.push(other);
        runFrom = row + 1;
      }
    }
    flush(to);
    return slices;
  }

  /** Adds the slice of the rows from `from` on that are in the same block; returns the next row. */
  #slice(from: number, to: number, slices: Buffer[]): number {
    const start = this.#starts[from] ?? 0;
    const index = Math.floor(start / this.#blockBytes);
    const base = index * this.#blockBytes;
    let last = to - 1;
    while ((this.#starts[last] ?? 0) >= base + this.#blockBytes) last--;
    const end = (this.#starts[last] ?? 0) + (this.#lengths[last] ?? 0);
    if (slices.length > 0) slices.push(COMMA);
    slices.push((this.#blocks[index] ?? Buffer.alloc(0)).subarray(start - base, end - base));
    return last + 1;
  }
}
