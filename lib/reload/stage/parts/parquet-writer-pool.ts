import { rm } from 'node:fs/promises';
import type { DuckDBConnection, DuckDBInstance } from '@duckdb/node-api';
import { syncPath } from '#lib/platform/sync-path.ts';
import { partSql } from '#lib/reload/parse/sql/page-sql.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { toStageError } from '../stage-error.ts';
import type { PageBatch } from './page-batch.ts';
import { copyOrRepair } from './repair-batch.ts';

/** Batches that are turned into parts at once: each takes a thread. */
const WRITERS_MAX = 2;

/**
 * Says that times are of the proleptic Gregorian calendar. Spark knows that only by the version that a file claims to be of (3.0.0 for INT64,
 * 3.1.0 for INT96; DataSourceUtils.getRebaseSpec): without it, it refuses to read dates before 1582 and times before 1900.
 */
const CALENDAR = "KV_METADATA {'org.apache.spark.version': '3.1.0'}";
/** Parquet as a lake keeps it, in row groups that are small enough to read in pieces. */
export const PARQUET_OPTIONS = `FORMAT parquet, COMPRESSION zstd, COMPRESSION_LEVEL 1, DICTIONARY_SIZE_LIMIT 500, ROW_GROUP_SIZE 10240, ${CALENDAR}`;
/** Parquet that is read once and thrown away: 80 % larger, and written in two thirds of the time. */
const TEMPORARY_PARQUET = 'FORMAT parquet, COMPRESSION lz4_raw, DICTIONARY_SIZE_LIMIT 1, ROW_GROUP_SIZE 10240';

/** Turns batches of pages into Parquet parts, some at once, each on a connection (and so a thread) of its own. */
export class ParquetWriterPool {
  readonly #dir: string;
  readonly #instance: DuckDBInstance;
  readonly #form: string;
  readonly #idle: DuckDBConnection[] = [];
  readonly #all: DuckDBConnection[] = [];
  readonly #running = new Set<Promise<unknown>>();
  readonly #securing = new Set<Promise<unknown>>();

  /** @param forLake whether parts are to be files of a lake as they are. */
  constructor(dir: string, instance: DuckDBInstance, forLake: boolean) {
    this.#dir = dir;
    this.#instance = instance;
    this.#form = forLake ? PARQUET_OPTIONS : TEMPORARY_PARQUET;
  }

  /**
   * Starts writing `file` as soon as a writer is free, and resolves then. `done` is the number of rows; they are safe then, and the pages gone.
   */
  async start(batch: PageBatch, file: string): Promise<{ readonly done: Promise<number> }> {
    while (this.#running.size >= WRITERS_MAX) await Promise.race(this.#running);
    const work = this.#write(batch, file);
    const settled = work.then(
      () => undefined,
      () => undefined,
    );
    this.#running.add(settled);
    void settled.then(() => this.#running.delete(settled));
    // Syncing to disk is not part of the writer's work, which continues with the next pages.
    const done = work.then((rows) => this.#secure(file, rows)).finally(() => this.#securing.delete(done));
    this.#securing.add(done);
    return { done };
  }

  /** Runs SQL on a thread of its own. It sees what is in the stage, but no views and no temporary tables. */
  async run(sql: string): Promise<void> {
    const connection = this.#idle.pop() ?? (await this.#connect());
    try {
      await connection.run(sql);
    } catch (error) {
      throw toStageError(error, this.#dir);
    } finally {
      this.#idle.push(connection);
    }
  }

  /** Until nothing is being written, however it ended. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
    await Promise.allSettled(this.#securing);
  }

  interrupt(): void {
    for (const connection of this.#all) connection.interrupt();
  }

  close(): void {
    for (const connection of this.#all) connection.closeSync();
  }

  async #write(batch: PageBatch, file: string): Promise<number> {
    const connection = this.#idle.pop() ?? (await this.#connect());
    try {
      return await this.#copy(connection, batch, file);
    } catch (error) {
      throw toStageError(error, this.#dir);
    } finally {
      this.#idle.push(connection);
      await batch.discard();
    }
  }

  /** What the checkpoint will speak of must not be lost with the machine. */
  async #secure(file: string, rows: number): Promise<number> {
    try {
      if (rows > 0) await syncPath(file);
      else await rm(file);
      return rows;
    } catch (error) {
      throw toStageError(error, this.#dir);
    }
  }

  async #copy(connection: DuckDBConnection, batch: PageBatch, file: string): Promise<number> {
    const copy = async (): Promise<number> => {
      try {
        return (await connection.run(`COPY (${partSql(batch.columns, batch)}) TO ${sqlText(file)} (${this.#form})`)).rowsChanged;
      } catch (error) {
        throw toStageError(error, this.#dir);
      }
    };
    const run = (sql: string): Promise<unknown> => connection.run(sql);
    if (batch.mustReject) await batch.reject(null, run);
    return copyOrRepair(batch, copy, run);
  }

  async #connect(): Promise<DuckDBConnection> {
    const connection = await this.#instance.connect();
    this.#all.push(connection);
    await connection.run("SET TimeZone = 'UTC'");
    return connection;
  }
}
