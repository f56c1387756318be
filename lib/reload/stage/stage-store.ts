import { readdirSync, rmSync, statSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { UnprovenParents } from '#lib/domain/run/run.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import type { StagedUnproven } from './parts/page-batch.ts';
import { StageUnusableError, toStageError } from './stage-error.ts';
import {
  type Checkpoint,
  EMPTY_CHECKPOINT,
  type EventWindow,
  makeStageFile,
  PAGES_FOLDER,
  PARTS_FOLDER,
  type Part,
  type ReplayState,
  reopenStageFile,
  type StageFile,
  type StageOptions,
} from './stage-file.ts';
import { type StagedFacts, stagedSql } from './staged-sql.ts';

/** Stages that this process has open: DuckDB's file lock is one per process and would not keep two stages of one process apart. */
const open = new Set<string>();

/** What is stored with a part. */
interface PartFacts {
  readonly unproven?: readonly StagedUnproven[];
  /** See PageBatch. */
  readonly rejectedFiles?: readonly string[];
}

/**
 * The DuckDB file of a stage: the checkpoint, the list of parts, rows replayed by delta query, which rows of the parts are superseded, and
 * parents of which rows may be missing. All of it changes in one transaction with the checkpoint; `staged` is the view of all rows that count.
 */
export class StageStore {
  readonly dir: string;
  readonly columns: readonly Column[];
  readonly instance: DuckDBInstance;
  readonly #connection: DuckDBConnection;
  #checkpoint: Checkpoint;
  #parts: readonly Part[];
  #superseded = 0;
  #replayed = 0;
  #interrupted = false;

  private constructor({ dir, columns }: StageOptions, file: StageFile) {
    this.dir = dir;
    this.columns = columns;
    this.instance = file.instance;
    this.#connection = file.connection;
    this.#checkpoint = file.checkpoint;
    this.#parts = file.parts;
  }

  /**
   * Opens the store where a dead run left it, or a new one when there is none, it is damaged, or it holds something else.
   * @throws StageUnusableError when another run has it open, or the folder cannot be written.
   */
  static async open(options: StageOptions): Promise<StageStore> {
    const dir = resolve(options.dir);
    if (open.has(dir)) throw new StageUnusableError('stage-in-use', dir);
    open.add(dir);
    try {
      const file = (await reopenStageFile({ ...options, dir })) ?? (await makeStageFile({ ...options, dir }));
      const store = new StageStore({ ...options, dir }, file);
      store.#removeStrays();
      await store.refresh();
      return store;
    } catch (error) {
      open.delete(dir);
      throw toStageError(error, dir);
    }
  }

  get checkpoint(): Checkpoint {
    return this.#checkpoint;
  }

  /** In the order read. */
  get parts(): readonly Part[] {
    return this.#parts;
  }

  /** Rows replayed by delta query, as of the last `refresh`. */
  get replayed(): number {
    return this.#replayed;
  }

  /** Rows that count, repeated ones included, as of the last `refresh`. */
  get rows(): number {
    return this.#parts.reduce((total, { rows }) => total + rows, 0) - this.#superseded + this.#replayed;
  }

  /** Runs SQL; answers the rows changed. */
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

  /** Runs `work` and stores `next` as the checkpoint, both or neither. */
  async transaction(next: Checkpoint, work: () => Promise<void>): Promise<void> {
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

  /** Stores `$count` at the start, so that a resumed run compares with the same number. */
  async setExpectedRows(rowsExpected: number | null): Promise<void> {
    await this.transaction({ ...this.#checkpoint, rowsExpected }, async () => undefined);
  }

  /** Stores how changes are read, and how far. */
  async saveReplay(replay: ReplayState, notes: readonly string[] = []): Promise<void> {
    const next = { ...this.#checkpoint, replay, notes: [...this.#checkpoint.notes, ...notes] };
    await this.transaction(next, async () => undefined);
  }

  /** Stores the window of events, so that a resumed run reads the same. */
  async saveWindow(window: EventWindow, notes: readonly string[]): Promise<void> {
    const next = { ...this.#checkpoint, window, notes: [...this.#checkpoint.notes, ...notes] };
    await this.transaction(next, async () => undefined);
  }

  /** Adds a part that is on disk, if it has rows, with the checkpoint after its pages. */
  async addPart(part: Part, next: Checkpoint, facts: PartFacts = {}): Promise<void> {
    await this.transaction(next, async () => {
      await this.addUnproven(facts.unproven ?? []);
      await this.addRejected(facts.rejectedFiles ?? []);
      if (part.rows === 0) return;
      await this.run(`INSERT INTO parts VALUES (${this.#parts.length}, ${sqlText(part.name)}, ${part.rows})`);
    });
    if (part.rows > 0) this.#parts = [...this.#parts, part];
  }

  /** Within a transaction. */
  async addUnproven(unproven: readonly StagedUnproven[]): Promise<void> {
    if (unproven.length === 0) return;
    const rows = unproven.map(({ id, reason, failed }) => `(${sqlText(id)}, ${sqlText(reason)}, ${failed})`);
    await this.run(`INSERT INTO unproven VALUES ${rows.join(', ')}`);
  }

  /** Within a transaction. `files`: see PageBatch. */
  async addRejected(files: readonly string[]): Promise<void> {
    if (files.length === 0) return;
    const columns = `{keys: 'JSON', "column": 'VARCHAR', reason: 'VARCHAR', "row": 'VARCHAR', read_at: 'TIMESTAMPTZ'}`;
    await this.run(`INSERT INTO rejected SELECT keys, "column", reason, "row", read_at FROM read_json([${files.map(sqlText).join(', ')}],
      columns = ${columns}, format = 'newline_delimited', maximum_object_size = ${Math.max(...files.map((file) => statSync(file).size)) + 1024})`);
  }

  /** Parents of which rows may be missing: all are in the table `unproven`, `namedMax` of them in the answer. `failed`: those alone. */
  async unproven(namedMax: number, which: 'all' | 'failed' = 'all'): Promise<UnprovenParents> {
    const having = which === 'all' ? '' : 'HAVING bool_or(failed)';
    const rows = await this.query(`SELECT id, arg_max(reason, failed) FROM unproven GROUP BY id ${having} ORDER BY id`);
    const parents = rows.slice(0, namedMax).map(([id, reason]) => ({ id: String(id), reason: String(reason) }));
    return { count: rows.length, parents };
  }

  /** Deletes the rows; what they cost, and the notes, stay. */
  async clear(replay: ReplayState, notes: readonly string[]): Promise<void> {
    const { requests, throttledMs, bytes, notes: before } = this.#checkpoint;
    const next = { ...EMPTY_CHECKPOINT, requests, throttledMs, bytes, replay, notes: [...before, ...notes] };
    await this.transaction(next, async () => {
      await this.run(
        'DELETE FROM parts; DELETE FROM superseded; DELETE FROM replayed; DELETE FROM changed_ids; DELETE FROM unproven',
      );
    });
    this.#parts = [];
    this.#removeStrays();
    await this.refresh();
  }

  /** What SQL over the staged rows is made of. */
  async facts(): Promise<StagedFacts> {
    const [row] = await this.query('SELECT count(*) FROM superseded');
    return { dir: this.dir, columns: this.columns, parts: this.#parts, superseded: Number(row?.[0] ?? 0) > 0 };
  }

  /** Brings the view `staged` and the counts up to date after rows were added, replaced or superseded. */
  async refresh(): Promise<void> {
    const [row] = await this.query('SELECT (SELECT count(*) FROM superseded), (SELECT count(*) FROM replayed)');
    [this.#superseded = 0, this.#replayed = 0] = (row ?? []).map(Number);
    await this.run(`CREATE OR REPLACE TEMP VIEW staged AS ${stagedSql(await this.facts())}`);
  }

  /** Stops the statement that runs; the call that runs it throws. No transaction begins afterwards. */
  interrupt(): void {
    this.#interrupted = true;
    this.#connection.interrupt();
  }

  close(): void {
    if (!open.delete(this.dir)) return;
    this.#connection.closeSync();
    this.instance.closeSync();
  }

  /** Deletes files that a dead run had not added to the list of parts. */
  #removeStrays(): void {
    const known = new Set(this.#parts.map(({ name }) => name));
    for (const name of readdirSync(join(this.dir, PARTS_FOLDER))) {
      if (!known.has(name)) rmSync(join(this.dir, PARTS_FOLDER, name), { force: true });
    }
    for (const name of readdirSync(join(this.dir, PAGES_FOLDER)))
      rmSync(join(this.dir, PAGES_FOLDER, name), { recursive: true, force: true });
  }
}
