import { rmSync } from 'node:fs';
import { unlink, writeFile } from 'node:fs/promises';
import { join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance, Json } from '@duckdb/node-api';
import type { Column } from '#lib/domain/dataset.ts';
import { pagesSql } from './page-sql.ts';
import type { ChangePage, Page } from './ports.ts';
import { mayHoldNul, repairPage } from './repair-page.ts';
import { respell } from './spelling.ts';
import { sqlName, sqlText } from './sql-text.ts';
import { isMalformedPage, StageUnusableError, toStageError } from './stage-error.ts';
import {
  type Checkpoint,
  makeStageFile,
  type Replay,
  reopenStageFile,
  START,
  type StageFile,
  type StageOptions,
} from './stage-file.ts';

/** Stages that this process has open: DuckDB's file lock is one per process and wouldn't keep two of its own apart. */
const open = new Set<string>();

/**
 * The rows of one dataset run that were read but not published: a DuckDB file with the table `staged` (one typed column per dataset
 * column, in the order read) and the checkpoint. One user at a time.
 */
export class Stage {
  readonly dir: string;
  readonly columns: readonly Column[];
  readonly #instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  #checkpoint: Checkpoint;
  #rows: number;
  #pageNumber = 0;

  private constructor(options: StageOptions, file: StageFile) {
    this.dir = options.dir;
    this.columns = options.columns;
    this.#instance = file.instance;
    this.#connection = file.connection;
    this.#checkpoint = file.checkpoint;
    this.#rows = file.rows;
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
      return new Stage(
        { ...options, dir },
        (await reopenStageFile({ ...options, dir })) ?? (await makeStageFile({ ...options, dir })),
      );
    } catch (error) {
      open.delete(dir);
      throw toStageError(error, dir);
    }
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** Rows staged, repeated ones included. */
  get rows(): number {
    return this.#rows;
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
  async query(sql: string): Promise<Json[][]> {
    try {
      return (await this.#connection.runAndReadAll(sql)).getRowsJson();
    } catch (error) {
      throw toStageError(error, this.dir);
    }
  }

  /** Stops what is running in DuckDB; the call that runs it throws. */
  interrupt(): void {
    this.#connection.interrupt();
  }

  /** Remembers `$count` of the start, so that a run that goes on compares with the same number. */
  async expect(rowsExpected: number | null): Promise<void> {
    await this.#save({ ...this.#checkpoint, rowsExpected });
  }

  /** Remembers how changes are read, and how far. */
  async saveReplay(replay: Replay, notes: readonly string[] = []): Promise<void> {
    await this.#save({ ...this.#checkpoint, replay, notes: [...this.#checkpoint.notes, ...notes] });
  }

  /** Throws away the rows; what they cost, and the notes, stay. */
  async clear(replay: Replay, notes: readonly string[]): Promise<void> {
    const { requests, throttledMs, bytes, notes: before } = this.#checkpoint;
    await this.run('BEGIN; DELETE FROM staged; DELETE FROM touched');
    await this.#save({ ...START, requests, throttledMs, bytes, replay, notes: [...before, ...notes] }, () => this.run('COMMIT'));
    this.#rows = 0;
  }

  /** Stages the rows of `pages` and the cursor after them, both or neither. */
  async append(pages: readonly Page[]): Promise<void> {
    const last = pages.at(-1);
    if (last === undefined) return;
    const after = { cursor: last.cursor, ended: last.cursor === null };
    await this.#stagePages(pages, after, async () => 0);
  }

  /** Puts the rows of `page` in the place of those whose `scope` column holds a touched id. Idempotent. */
  async replace(page: ChangePage, scope: string): Promise<void> {
    const ids = page.touched.map(sqlText).join(', ');
    const removeTouched = async (): Promise<number> => {
      if (page.touched.length === 0) return 0;
      await this.run(`INSERT INTO touched SELECT unnest([${ids}])`);
      return this.run(`DELETE FROM staged WHERE ${sqlName(scope)} IN (${ids})`);
    };
    await this.#stagePages([page], {}, removeTouched);
  }

  /** `before` runs in the transaction of the rows and answers how many it removed. */
  async #stagePages(
    pages: readonly Omit<Page, 'cursor'>[],
    after: Partial<Checkpoint>,
    before: () => Promise<number>,
  ): Promise<void> {
    let bodies = pages.map((page) => page.body);
    let replaced = 0;
    const repair = (needed: (body: Uint8Array) => boolean): boolean => {
      const repaired = bodies.map((body) => (needed(body) ? repairPage(body) : { body, replaced: 0 }));
      bodies = repaired.map((page, index) => page?.body ?? bodies[index] ?? new Uint8Array());
      replaced += repaired.reduce((total, page) => total + (page?.replaced ?? 0), 0);
      return !repaired.includes(null);
    };
    repair(mayHoldNul);
    const next = (): Checkpoint => ({ ...advance(this.#checkpoint, pages, replaced), ...after });
    try {
      await this.#insert(bodies, next(), before);
    } catch (error) {
      // Half surrogate pairs and broken UTF-8 end the parser; only then is it worth looking at every character.
      if (!isMalformedPage(error)) throw error;
      if (!repair(() => true)) throw error;
      await this.#insert(bodies, next(), before);
    }
  }

  /** Drops rows that came again, the last one of each key stays; answers how many went. Rows without any key are a fault. */
  async keepLastOfEachKey(key: readonly string[]): Promise<number> {
    if (key.length === 0) return 0;
    const names = key.map(sqlName).join(', ');
    const missing = key.map((name) => `count(*) FILTER (${sqlName(name)} IS NULL)`).join(', ');
    const [counts] = await this.query(
      `SELECT count(*), (SELECT count(*) FROM (SELECT DISTINCT ${names} FROM staged)), ${missing} FROM staged`,
    );
    const [rows = 0, distinct = 0, ...nulls] = (counts ?? []).map(Number);
    const without = key.find((_, index) => (nulls[index] ?? 0) > 0);
    if (without !== undefined) throw new StageUnusableError('key-missing', this.dir, without);
    if (rows === distinct) return 0;
    await this.run(`DELETE FROM staged WHERE rowid NOT IN (SELECT max(rowid) FROM staged GROUP BY ${names})`);
    this.#rows = distinct;
    return rows - distinct;
  }

  /** Closes the file; it stays for a run that goes on. */
  close(): void {
    if (!open.delete(this.dir)) return;
    this.#connection.closeSync();
    this.#instance.closeSync();
  }

  /** Closes and deletes it. */
  remove(): void {
    this.close();
    rmSync(this.dir, { recursive: true, force: true });
  }

  async #insert(bodies: readonly Uint8Array[], next: Checkpoint, before: () => Promise<number>): Promise<void> {
    const files = await Promise.all(bodies.map((body) => this.#spool(body)));
    const longest = Math.max(...bodies.map((body) => body.byteLength));
    try {
      await this.run('BEGIN');
      const removed = await before();
      const inserted = await this.run(`INSERT INTO staged ${pagesSql(respell(this.columns, bodies), files, longest)}`);
      await this.#save(next, () => this.run('COMMIT'));
      this.#rows += inserted - removed;
    } catch (error) {
      await this.#connection.run('ROLLBACK').catch(() => undefined);
      throw error;
    } finally {
      await Promise.all(files.map((file) => unlink(file).catch(() => undefined)));
    }
  }

  async #spool(body: Uint8Array): Promise<string> {
    const file = join(this.dir, 'pages', `${this.#pageNumber++}.json`);
    try {
      await writeFile(file, body);
    } catch (error) {
      throw toStageError(error, this.dir);
    }
    return file;
  }

  async #save(next: Checkpoint, then?: () => Promise<unknown>): Promise<void> {
    await this.run(`UPDATE checkpoint SET state = ${sqlText(JSON.stringify(next))}`);
    await then?.();
    this.#checkpoint = next;
  }
}

function advance(before: Checkpoint, pages: readonly Omit<Page, 'cursor'>[], replaced: number): Checkpoint {
  const sum = (of: (page: Omit<Page, 'cursor'>) => number): number => pages.reduce((total, page) => total + of(page), 0);
  return {
    ...before,
    requests: before.requests + sum((page) => page.requests),
    throttledMs: before.throttledMs + sum((page) => page.throttledMs),
    bytes: before.bytes + sum((page) => page.body.byteLength),
    charactersReplaced: before.charactersReplaced + replaced,
    notes: [...before.notes, ...pages.flatMap((page) => page.notes ?? [])],
  };
}
