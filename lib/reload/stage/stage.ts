import { rmSync } from 'node:fs';
import { join } from 'node:path';
import type { ChangePage } from '#lib/reload/engine/ports.ts';
import type { StagedParts, StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { ParquetWriterPool } from './parts/parquet-writer-pool.ts';
import { PartWriter } from './parts/part-writer.ts';
import { replayPage } from './parts/replay-page.ts';
import { type Checkpoint, PARTS_FOLDER, type StageOptions } from './stage-file.ts';
import { StageStore } from './stage-store.ts';
import { partRowsSql, supersededSql } from './staged-sql.ts';

/**
 * The rows of one dataset run that were read but not published: Parquet parts in the order of reading, and a DuckDB file with the
 * checkpoint and the facts about valid rows. One user at a time.
 */
export class Stage {
  readonly store: StageStore;
  readonly writer: PartWriter;
  /** As targets see them. */
  readonly staged: StagedRows;
  readonly #pool: ParquetWriterPool;
  #closed = false;

  private constructor(store: StageStore, pool: ParquetWriterPool, setsAside: boolean) {
    this.store = store;
    this.#pool = pool;
    this.writer = new PartWriter(store, pool, setsAside);
    this.staged = stagedRows(store, pool);
  }

  /** See {@link StageStore.open}. */
  static async open(options: StageOptions): Promise<Stage> {
    const store = await StageStore.open(options);
    return new Stage(
      store,
      new ParquetWriterPool(store.dir, store.instance, options.forLake === true),
      options.setsAside === true,
    );
  }

  get isClosed(): boolean {
    return this.#closed;
  }

  get checkpoint(): Checkpoint {
    return this.store.checkpoint;
  }

  /** See {@link replayPage}. */
  async replay(page: ChangePage, scope: string): Promise<void> {
    await replayPage(this.store, page, { scope, batch: this.writer.newBatch() });
  }

  /** Stops what is running in DuckDB; the call that runs it throws. */
  interrupt(): void {
    if (this.#closed) return;
    this.store.interrupt();
    this.#pool.interrupt();
  }

  /** Closes the files; they are kept for resuming. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    this.#pool.close();
    this.store.close();
  }

  /** Closes and deletes the files. */
  remove(): void {
    this.close();
    rmSync(this.store.dir, { recursive: true, force: true });
  }
}

function stagedRows(store: StageStore, pool: ParquetWriterPool): StagedRows {
  const fileOf = (name: string): string => join(store.dir, PARTS_FOLDER, name);
  return {
    columns: store.columns,
    get rows() {
      return store.rows;
    },
    parts: () => partsOf(store, fileOf),
    async selectRows(files, replayed) {
      const parts = store.parts.filter(({ name }) => files.includes(fileOf(name)));
      const replayedRows = 'SELECT * FROM replayed';
      if (parts.length === 0) return replayed ? replayedRows : `${replayedRows} LIMIT 0`;
      const rows = partRowsSql({ ...(await store.facts()), parts });
      return replayed ? `${rows} UNION ALL ${replayedRows}` : rows;
    },
    selectSuperseded: async () => supersededSql(await store.facts()),
    scratchFile: (name) => join(store.dir, name),
    run: (sql) => store.run(sql),
    async runApart(sql) {
      await store.run('SET threads = 1');
      await pool.run(sql);
    },
    query: (sql) => store.query(sql),
  };
}

async function partsOf(store: StageStore, fileOf: (name: string) => string): Promise<StagedParts> {
  const counts = await store.query('SELECT name, count(*) FROM superseded GROUP BY name');
  const supersededIn = new Map(counts.map(([name, count]) => [name, Number(count)]));
  const parts = store.parts.map(({ name, rows }) => {
    const superseded = supersededIn.get(name) ?? 0;
    return { file: fileOf(name), rows: rows - superseded, complete: superseded === 0 };
  });
  return { parts, replayed: store.replayed };
}
