import type { IdSpace } from './generate/ids.ts';

/** An object as Graph sends it with every property selected. */
export type Row = Readonly<Record<string, unknown>>;

/**
 * Objects that are generated from their index on demand, with changes stored separately: a million users need no memory, and
 * changes are few entries.
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

  /** The object at an index; null when it was deleted or never existed. */
  at(index: number): Row | null {
    if (!this.has(index)) return null;
    const row = index < this.#base ? this.#make(index) : this.#created[index - this.#base];
    const patch = this.#patches.get(index);
    return patch === undefined ? (row ?? null) : { ...row, ...patch };
  }

  /** Whether `at` would return an object, without generating it. */
  has(index: number): boolean {
    return index >= 0 && index < this.end && !this.#deleted.has(index);
  }

  idAt(index: number): string {
    return this.#ids.idOf(index);
  }

  /** The index of an id, whether the object still exists or not. */
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

  /** Adds an object with the next id, which `make` receives. */
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
