import { mkdirSync } from 'node:fs';
import { join } from 'node:path';
import { releaseBuffer } from '#lib/platform/http/buffer-pool.ts';
import type { Page } from '#lib/reload/engine/ports.ts';
import type { StagedPart } from '#lib/reload/engine/staged-rows.ts';
import { PropertyCase } from '#lib/reload/parse/json/property-case.ts';
import { PAGES_FOLDER, PARTS_FOLDER, type Part } from '../stage-file.ts';
import type { StageStore } from '../stage-store.ts';
import { PageBatch } from './page-batch.ts';
import type { ParquetWriterPool } from './parquet-writer-pool.ts';

/** Pages of a part: few at first, so that a checkpoint and progress come soon; more later, so that parts are large enough for a file. */
const BATCH_PAGES_FIRST = 16;
const BATCH_PAGES_MAX = 32;
const BATCH_BYTES = 128 << 20;
/** With a slow source the batch is written when its next page comes after this time, milliseconds, however few pages it has. */
const BATCH_AGE_MS = 5000;

/** Collects pages into batches, has each written as a Parquet part, and adds the parts to the store in the order of the pages. */
export class PartWriter {
  readonly #store: StageStore;
  readonly #pool: ParquetWriterPool;
  readonly #propertyCase: PropertyCase;
  readonly #setsAside: boolean;
  #batch: PageBatch | null = null;
  /** Number of the next batch; parts are named after it. */
  #batches: number;
  /** Resolves when all parts begun so far are in the store. */
  #added: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;
  #onPart: ((part: StagedPart) => void) | null = null;

  constructor(store: StageStore, pool: ParquetWriterPool, setsAside: boolean) {
    this.#setsAside = setsAside;
    this.#store = store;
    this.#pool = pool;
    this.#propertyCase = new PropertyCase(store.columns);
    this.#batches = store.parts.reduce((most, { name }) => Math.max(most, Number.parseInt(name, 10) + 1), 0);
  }

  /** Calls `listener` with each part that is added from now on, except the last ones, which the publish takes anyway. */
  onPart(listener: (part: StagedPart) => void): void {
    this.#onPart = listener;
  }

  /**
   * Takes in a page. It is staged, with its cursor, once enough of them are there or `flush` is called; while some are parsed the next are
   * read. Waits when the parsing cannot follow. The memory of the page's body is released: nobody may read it afterwards.
   * @throws the error of an earlier page, too.
   */
  async add(page: Page): Promise<void> {
    this.#throwFailure();
    this.#batch ??= this.newBatch();
    await this.#batch.add(page);
    releaseBuffer(page.body);
    const { files, bytes, startedAt } = this.#batch;
    const pagesMax = Math.min(BATCH_PAGES_MAX, BATCH_PAGES_FIRST * 2 ** Math.min(Math.max(0, this.#batches - 2), 8));
    if (files.length >= pagesMax || bytes >= BATCH_BYTES || performance.now() - startedAt >= BATCH_AGE_MS) await this.#write();
  }

  /** Stages the rows of `pages` and the cursor after them, both or neither. */
  async append(pages: readonly Page[]): Promise<void> {
    if (pages.length === 0) return;
    this.#batch ??= this.newBatch();
    for (const page of pages) await this.#batch.add(page);
    await this.flush();
  }

  /** Resolves when all that was added is staged. */
  async flush(): Promise<void> {
    this.#throwFailure();
    if (this.#batch !== null) await this.#write();
    await this.#added;
    await this.#store.refresh();
  }

  /** Resolves when nothing is being written, however it ended. */
  async settle(): Promise<void> {
    await this.#added.catch(() => undefined);
    await this.#pool.settle();
  }

  newBatch(): PageBatch {
    const dir = join(this.#store.dir, PAGES_FOLDER, String(this.#batches++));
    mkdirSync(dir, { recursive: true });
    return new PageBatch(dir, this.#store.columns, { spelling: this.#propertyCase, setsAside: this.#setsAside });
  }

  /** Starts writing the batch as a part; parts are added in the order of the batches, whichever is written first. */
  async #write(): Promise<void> {
    const batch = this.#batch;
    if (batch === null) return;
    this.#batch = null;
    const name = `${String(this.#batches - 1).padStart(6, '0')}.parquet`;
    const { done } = await this.#pool.start(batch, join(this.#store.dir, PARTS_FOLDER, name));
    const before = this.#added;
    // Both are awaited below, the later one perhaps never: until then a failure must not count as unhandled.
    done.catch(() => undefined);
    this.#added = (async () => {
      await before;
      await this.#add(batch, { name, rows: await done });
    })();
    this.#added.catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  async #add(batch: PageBatch, part: Part): Promise<void> {
    const next = { ...batch.advance(this.#store.checkpoint), cursor: batch.cursor, ended: batch.cursor === null };
    await this.#store.addPart(part, next, batch);
    await batch.discardRejected();
    if (part.rows === 0 || next.ended) return;
    this.#onPart?.({ file: join(this.#store.dir, PARTS_FOLDER, part.name), rows: part.rows, complete: true });
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }
}
