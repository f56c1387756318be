import { mkdirSync, readdirSync, rmSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { UnprovenParents } from '#lib/domain/run/run.ts';
import { releaseBuffer } from '#lib/platform/http/buffer-pool.ts';
import type { ChangePage, Page } from '#lib/reload/engine/ports.ts';
import type { StagedPart, StagedParts, StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { pagesSql } from '#lib/reload/parse/page-sql.ts';
import { PropertyCase } from '#lib/reload/parse/property-case.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql-text.ts';
import { PageBatch } from './page-batch.ts';
import { ParquetWriterPool } from './parquet-writer-pool.ts';
import { isMalformedPage, StageUnusableError, toStageError } from './stage-error.ts';
import {
  type Checkpoint,
  makeStageFile,
  PAGES,
  PARTS,
  type Part,
  type Replay,
  reopenStageFile,
  START,
  type StageFile,
  type StageOptions,
} from './stage-file.ts';
import { duplicatesSql, locatedSql, partRowsSql, type StagedFacts, stagedSql, supersededSql } from './staged-sql.ts';

/** Stages that this process has open: DuckDB's file lock is one per process and wouldn't keep two of its own apart. */
const open = new Set<string>();

/** Pages of a part: few at first, so that a run is soon safe and says something; more later, so that parts are worth their file. */
const BATCH_PAGES_FIRST = 16;
const BATCH_PAGES_MAX = 32;
const BATCH_BYTES = 128 << 20;
/** A slow source is checkpointed when its next page comes, whatever is there, milliseconds. */
const BATCH_AGE_MS = 5000;
/** Threads for the questions of a publish: nothing else is at work then. */
const PUBLISH_THREADS = 2;

/**
 * The rows of one dataset run that were read but not published: Parquet parts in the order read, beside them a DuckDB file with the checkpoint, the list
 * of parts, rows replayed by delta query, and which rows of the parts those supersede. `staged` is the view of all that count.
 * One user at a time.
 */
export class Stage implements StagedRows {
  readonly dir: string;
  readonly columns: readonly Column[];
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  readonly #lanes: ParquetWriterPool;
  readonly #spelling: PropertyCase;
  #checkpoint: Checkpoint;
  #parts: readonly Part[];
  #superseded = 0;
  #replayed = 0;
  #batch: PageBatch | null = null;
  #batches: number;
  #taken: Promise<void> = Promise.resolve();
  #failure: { readonly error: unknown } | null = null;
  #interrupted = false;
  #onPart: ((part: StagedPart) => void) | null = null;

  private constructor(options: StageOptions, file: StageFile) {
    this.dir = options.dir;
    this.columns = options.columns;
    this.#instance = file.instance;
    this.#connection = file.connection;
    this.#checkpoint = file.checkpoint;
    this.#parts = file.parts;
    this.#batches = file.parts.reduce((most, { name }) => Math.max(most, Number.parseInt(name, 10) + 1), 0);
    this.#spelling = new PropertyCase(options.columns);
    this.#lanes = new ParquetWriterPool(options.dir, file.instance, options.forLake === true);
  }

  /**
   * Opens the stage where a dead run left it, or a new one when there is none, it is damaged, or it holds something else.
   * @throws StageUnusableError when another run has it open, or the folder can't be written.
   */
  static async open(options: StageOptions): Promise<Stage> {
    const dir = resolve(options.dir);
    if (open.has(dir)) throw new StageUnusableError('stage-in-use', dir);
    open.add(dir);
    try {
      const file = (await reopenStageFile({ ...options, dir })) ?? (await makeStageFile({ ...options, dir }));
      const stage = new Stage({ ...options, dir }, file);
      stage.#removeStrays();
      await stage.#refresh();
      return stage;
    } catch (error) {
      open.delete(dir);
      throw toStageError(error, dir);
    }
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** Rows staged, repeated ones included. Those of pages that were added but not flushed may be missing. */
  get rows(): number {
    return this.#parts.reduce((total, { rows }) => total + rows, 0) - this.#superseded + this.#replayed;
  }

  /** A file name of the stage's own, for exports on the way to a target; gone with the stage. */
  scratchFile(name: string): string {
    return join(this.dir, name);
  }

  /** Runs SQL against the stage; answers the rows changed. */
  async run(sql: string): Promise<number> {
    try {
      return (await this.#connection.run(sql)).rowsChanged;
    } catch (error) {
      throw toStageError(error, this.dir);
    }
  }

  /** Small answers only: all rows as JSON values (big numbers as text). */
  async query(sql: string): Promise<readonly (readonly unknown[])[]> {
    try {
      return (await this.#connection.runAndReadAll(sql)).getRowsJson();
    } catch (error) {
      throw toStageError(error, this.dir);
    }
  }

  /** The same on a thread of its own, for several at once; over `selectRows` only, since views and temporary tables aren't there. */
  async runApart(sql: string): Promise<void> {
    await this.run('SET threads = 1');
    await this.#lanes.run(sql);
  }

  /** Stops what is running in DuckDB; the call that runs it throws. */
  interrupt(): void {
    this.#interrupted = true;
    this.#connection.interrupt();
    this.#lanes.interrupt();
  }

  /** Has `tell` know of each part that is staged from now on, but for the last ones: those are worth no haste. */
  onPart(tell: (part: StagedPart) => void): void {
    this.#onPart = tell;
  }

  /** Remembers `$count` of the start, so that a run that goes on compares with the same number. */
  async setExpectedRows(rowsExpected: number | null): Promise<void> {
    await this.#save({ ...this.#checkpoint, rowsExpected });
  }

  /** Remembers how changes are read, and how far. */
  async saveReplay(replay: Replay, notes: readonly string[] = []): Promise<void> {
    await this.#save({ ...this.#checkpoint, replay, notes: [...this.#checkpoint.notes, ...notes] });
  }

  /** Throws away the rows; what they cost, and the notes, stay. */
  async clear(replay: Replay, notes: readonly string[]): Promise<void> {
    const { requests, throttledMs, bytes, notes: before } = this.#checkpoint;
    await this.#transaction({ ...START, requests, throttledMs, bytes, replay, notes: [...before, ...notes] }, async () => {
      await this.run(
        'DELETE FROM parts; DELETE FROM superseded; DELETE FROM replayed; DELETE FROM changed_ids; DELETE FROM unproven',
      );
    });
    this.#parts = [];
    this.#removeStrays();
    await this.#refresh();
  }

  /**
   * Takes in a page. It is staged, with its cursor, once enough of them are there or `flush` is called; while some are parsed the next are
   * read. Waits when the parsing can't follow. The page's body is given back: nobody may look at it afterwards. Throws what went wrong with
   * an earlier page, too.
   */
  async add(page: Page): Promise<void> {
    this.#throwFailure();
    this.#batch ??= this.#newBatch();
    await this.#batch.add(page);
    releaseBuffer(page.body);
    const { files, bytes, startedAt } = this.#batch;
    const pagesMax = Math.min(BATCH_PAGES_MAX, BATCH_PAGES_FIRST * 2 ** Math.min(Math.max(0, this.#batches - 2), 8));
    if (files.length >= pagesMax || bytes >= BATCH_BYTES || performance.now() - startedAt >= BATCH_AGE_MS) await this.#takeIn();
  }

  /** Until all that was added is staged. */
  async flush(): Promise<void> {
    this.#throwFailure();
    if (this.#batch !== null) await this.#takeIn();
    await this.#taken;
    await this.#refresh();
  }

  /** Until nothing is at work, however it ended. */
  async settle(): Promise<void> {
    await this.#taken.catch(() => undefined);
    await this.#lanes.settle();
  }

  /** Stages the rows of `pages` and the cursor after them, both or neither. */
  async append(pages: readonly Page[]): Promise<void> {
    if (pages.length === 0) return;
    this.#batch ??= this.#newBatch();
    for (const page of pages) await this.#batch.add(page);
    await this.flush();
  }

  /** Puts the rows of `page` in the place of those whose `scope` column holds a changed id. Idempotent. */
  async replace(page: ChangePage, scope: string): Promise<void> {
    const batch = this.#newBatch();
    try {
      await batch.add(page);
      try {
        await this.#replace(page, scope, batch);
      } catch (error) {
        if (!isMalformedPage(error) || !(await batch.repair())) throw await batch.explain(error);
        await this.#replace(page, scope, batch);
      }
      await this.#refresh();
    } finally {
      await batch.discard();
    }
  }

  async #replace({ changedIds }: ChangePage, scope: string, batch: PageBatch): Promise<void> {
    const ids = changedIds.map(sqlText).join(', ');
    await this.#transaction(batch.advance(this.#checkpoint), async () => {
      if (changedIds.length > 0) {
        await this.run(
          `INSERT INTO changed_ids SELECT unnest([${ids}]); DELETE FROM replayed WHERE ${sqlName(scope)} IN (${ids})`,
        );
        if (this.#parts.length > 0) {
          await this.run(`INSERT INTO superseded SELECT entrada__name, entrada__row FROM (${locatedSql(await this.#facts())})
            WHERE ${sqlName(scope)} IN (${ids})`);
        }
      }
      await this.run(`INSERT INTO replayed ${pagesSql(batch.columns, batch)}`);
      await this.#keepUnproven(batch);
    });
  }

  /** Drops rows that came again, the last one of each key stays; answers how many went. Rows without any key are a fault. */
  async removeDuplicates(key: readonly string[]): Promise<number> {
    if (key.length === 0) return 0;
    const names = key.map(sqlName).join(', ');
    const missing = key.map((name) => `count(*) FILTER (${sqlName(name)} IS NULL)`).join(', ');
    await this.run(`SET threads = ${PUBLISH_THREADS}`);
    // Hashes may be equal by chance: as many of them as rows is proof, fewer is only a reason to look.
    const [counts] = await this.query(`SELECT count(*), count(DISTINCT hash(${names})), ${missing} FROM staged`);
    const [rows = 0, distinct = 0, ...nulls] = (counts ?? []).map(Number);
    const without = key.find((_, index) => (nulls[index] ?? 0) > 0);
    if (without !== undefined) throw new StageUnusableError('key-missing', this.dir, without);
    if (rows === distinct) return 0;
    await this.run(duplicatesSql(await this.#facts(), names));
    await this.#transaction(this.#checkpoint, async () => {
      await this.run('INSERT INTO superseded SELECT entrada__name, entrada__row FROM duplicates WHERE entrada__name IS NOT NULL');
      await this.run('DELETE FROM replayed WHERE rowid IN (SELECT entrada__row FROM duplicates WHERE entrada__name IS NULL)');
    });
    const before = this.rows;
    await this.#refresh();
    return before - this.rows;
  }

  /** Parents of which rows may be missing: all of them are in the table `unproven`, `namedMax` of them in the answer. `failed`: those alone. */
  async unproven(namedMax: number, which: 'all' | 'failed' = 'all'): Promise<UnprovenParents> {
    const having = which === 'all' ? '' : 'HAVING bool_or(failed)';
    const rows = await this.query(`SELECT id, arg_max(reason, failed) FROM unproven GROUP BY id ${having} ORDER BY id`);
    const parents = rows.slice(0, namedMax).map(([id, reason]) => ({ id: String(id), reason: String(reason) }));
    return { count: rows.length, parents };
  }

  /** The parts in the order read, and how many rows there are beside them. */
  async parts(): Promise<StagedParts> {
    const gone = new Map(
      (await this.query('SELECT name, count(*) FROM superseded GROUP BY name')).map(([a, b]) => [a, Number(b)]),
    );
    const parts = this.#parts.map(({ name, rows }) => {
      const superseded = gone.get(name) ?? 0;
      return { file: join(this.dir, PARTS, name), rows: rows - superseded, complete: superseded === 0 };
    });
    return { parts, replayed: this.#replayed };
  }

  /** A query for the rows of some of the parts that count, and for those replayed by delta query. Columns as in `staged`. */
  async selectRows(files: readonly string[], withReplayed: boolean): Promise<string> {
    const facts = await this.#facts();
    const parts = this.#parts.filter(({ name }) => files.includes(join(this.dir, PARTS, name)));
    const replayed = 'SELECT * FROM replayed';
    if (parts.length === 0) return withReplayed ? replayed : `${replayed} LIMIT 0`;
    const rows = partRowsSql({ ...facts, parts });
    return withReplayed ? `${rows} UNION ALL ${replayed}` : rows;
  }

  /** A query for the rows of parts that don't count any more, the same row as often as it was superseded. */
  async selectSuperseded(): Promise<string> {
    return supersededSql(await this.#facts());
  }

  /** Closes the file; it stays for a run that goes on. */
  close(): void {
    if (!open.delete(this.dir)) return;
    this.#lanes.close();
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** Closes and deletes it. */
  remove(): void {
    this.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  #newBatch(): PageBatch {
    const dir = join(this.dir, PAGES, String(this.#batches++));
    mkdirSync(dir, { recursive: true });
    return new PageBatch(dir, this.columns, this.#spelling);
  }

  /** Has the batch written as a part; the checkpoint follows in the order of the batches, whichever is written first. */
  async #takeIn(): Promise<void> {
    const batch = this.#batch;
    if (batch === null) return;
    this.#batch = null;
    const name = `${String(this.#batches - 1).padStart(6, '0')}.parquet`;
    const { done } = await this.#lanes.start(batch, join(this.dir, PARTS, name));
    const before = this.#taken;
    // Both are awaited below, the later one perhaps never: until then a failure must not count as unhandled.
    done.catch(() => undefined);
    this.#taken = (async () => {
      await before;
      await this.#commit(batch, { name, rows: await done });
    })();
    this.#taken.catch((error: unknown) => {
      this.#failure ??= { error };
    });
  }

  async #commit(batch: PageBatch, part: Part): Promise<void> {
    const next = { ...batch.advance(this.#checkpoint), cursor: batch.cursor, ended: batch.cursor === null };
    await this.#transaction(next, async () => {
      await this.#keepUnproven(batch);
      if (part.rows === 0) return;
      await this.run(`INSERT INTO parts VALUES (${this.#parts.length}, ${sqlText(part.name)}, ${part.rows})`);
    });
    if (part.rows === 0) return;
    this.#parts = [...this.#parts, part];
    if (!next.ended) this.#onPart?.({ file: join(this.dir, PARTS, part.name), rows: part.rows, complete: true });
  }

  async #keepUnproven({ unproven }: PageBatch): Promise<void> {
    if (unproven.length === 0) return;
    const rows = unproven.map(({ id, reason, failed }) => `(${sqlText(id)}, ${sqlText(reason)}, ${failed})`);
    await this.run(`INSERT INTO unproven VALUES ${rows.join(', ')}`);
  }

  async #transaction(next: Checkpoint, work: () => Promise<void>): Promise<void> {
    if (this.#interrupted) throw new StageUnusableError('stage-unusable', this.dir);
    await this.run('BEGIN');
    try {
      await work();
      await this.run(`UPDATE checkpoint SET state = ${sqlText(JSON.stringify(next))}; COMMIT`);
    } catch (error) {
      await this.#connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    }
    this.#checkpoint = next;
  }

  async #save(next: Checkpoint): Promise<void> {
    await this.#transaction(next, async () => undefined);
  }

  async #facts(): Promise<StagedFacts> {
    const [row] = await this.query('SELECT count(*) FROM superseded');
    return { dir: this.dir, columns: this.columns, parts: this.#parts, superseded: Number(row?.[0] ?? 0) > 0 };
  }

  /** The view and the counts after something was staged. */
  async #refresh(): Promise<void> {
    const [row] = await this.query('SELECT (SELECT count(*) FROM superseded), (SELECT count(*) FROM replayed)');
    [this.#superseded = 0, this.#replayed = 0] = (row ?? []).map(Number);
    await this.run(`CREATE OR REPLACE TEMP VIEW staged AS ${stagedSql(await this.#facts())}`);
  }

  #throwFailure(): void {
    if (this.#failure !== null) throw this.#failure.error;
  }

  /** Files of batches that a dead run had not taken in yet. */
  #removeStrays(): void {
    const known = new Set(this.#parts.map(({ name }) => name));
    for (const name of readdirSync(join(this.dir, PARTS))) {
      if (!known.has(name)) rmSync(join(this.dir, PARTS, name), { force: true });
    }
    for (const name of readdirSync(join(this.dir, PAGES))) rmSync(join(this.dir, PAGES, name), { recursive: true, force: true });
  }
}
