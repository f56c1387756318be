import type { IdSpace } from './generate/ids.ts';

/** An object as Graph would send it with every property selected. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Objects that are made from their index when asked for, under an overlay of changes: a million users take no memory, and what
 * was changed is a few entries.
 */
export class Collection {
  readonly #base: number;
  readonly #ids: IdSpace;
  readonly #make: (index: number) => Row;
  readonly #created: Row[] = [];
  readonly #patches = new Map<number, Row>();
  readonly #deleted = new Set<number>();

  constructor(base: number, ids: IdSpace, make: (index: number) => Row) {
    this.#base = base;
    this.#ids = ids;
    this.#make = make;
  }

  /** One past the last index; indexes of deleted objects stay empty. */
  get end(): number {
    return this.#base + this.#created.length;
  }

  get size(): number {
    return this.end - this.#deleted.size;
  }

  /** The object at an index, or null when it was deleted or never was. */
  at(index: number): Row | null {
    if (!this.has(index)) return null;
    const row = index < this.#base ? this.#make(index) : this.#created[index - this.#base];
    const patch = this.#patches.get(index);
    return patch === undefined ? (row ?? null) : { ...row, ...patch };
  }

  /** Whether `at` would find one, without making it. */
  has(index: number): boolean {
    return index >= 0 && index < this.end && !this.#deleted.has(index);
  }

  idAt(index: number): string {
    return this.#ids.idOf(index);
  }

  /** The index that an id stands for, whether the object is still there or not. */
  indexOf(id: string): number | null {
    const index = this.#ids.indexOf(id);
    return index === null || index >= this.end ? null : index;
  }

  find(id: string): Row | null {
    const index = this.indexOf(id);
    return index === null ? null : this.at(index);
  }

  *rows(from = 0): Generator<readonly [index: number, row: Row]> {
    for (let index = from; index < this.end; index++) {
      const row = this.at(index);
      if (row !== null) yield [index, row];
    }
  }

  /** Adds an object under the next id, which it is given. */
  create(make: (id: string, index: number) => Row): Row {
    const index = this.end;
    const row = make(this.#ids.idOf(index), index);
    this.#created.push(row);
    return row;
  }

  update(id: string, patch: Row): void {
    const index = this.indexOf(id);
    if (index !== null) this.#patches.set(index, { ...this.#patches.get(index), ...patch });
  }

  delete(id: string): void {
    const index = this.indexOf(id);
    if (index !== null) this.#deleted.add(index);
  }
}
