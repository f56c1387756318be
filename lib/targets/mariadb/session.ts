import { createReadStream, createWriteStream } from 'node:fs';
import type { Socket } from 'node:net';
import { Transform } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import type { Connection, ResultSetHeader, RowDataPacket } from 'mysql2';
import { AppError } from '#lib/platform/errors.ts';
import { isConnectionLost, TABLE_BUSY } from '#lib/targets/database/database-problems.ts';
import { refusedLoad, toMariadbError } from './mariadb-error.ts';
import { connectTo, LOCK_WAIT_S, type MariadbTarget, type ServerConnection } from './server.ts';

export type SqlValue = string | number | null;
export type Row = Readonly<Record<string, string | number | null>>;

/** Of a CSV file of the stage: nulls are the bare word NULL, everything else is quoted. */
export const CSV_OPTIONS = "(FORMAT csv, HEADER false, NULLSTR 'NULL', FORCE_QUOTE *)";

/**
 * One connection to the database of a target. When `signal` aborts, the server ends the session: the transaction is rolled back and the
 * locks are gone within a moment. Errors are AppErrors.
 */
export class MariadbSession {
  readonly #target: MariadbTarget;
  readonly #connection: Connection;
  readonly #socket: Socket;
  readonly #signal: AbortSignal;
  #deciding = false;
  readonly #onAbort = (): void => {
    if (!this.#deciding) void this.#terminate();
  };

  private constructor(target: MariadbTarget, { connection, socket }: ServerConnection, signal: AbortSignal) {
    this.#target = target;
    this.#connection = connection;
    this.#socket = socket;
    this.#signal = signal;
  }

  static async open(target: MariadbTarget, signal: AbortSignal): Promise<MariadbSession> {
    signal.throwIfAborted();
    let connected: ServerConnection;
    try {
      connected = await connectTo(target);
    } catch (error) {
      throw toMariadbError(error);
    }
    const session = new MariadbSession(target, connected, signal);
    signal.addEventListener('abort', session.#onAbort, { once: true });
    if (signal.aborted) await session.close();
    signal.throwIfAborted();
    return session;
  }

  /** Rows of a small answer. Times, decimals and large integers are text. */
  async query(sql: string, values: readonly SqlValue[] = []): Promise<readonly Row[]> {
    const [rows] = await this.#do(() => this.#connection.promise().query<RowDataPacket[]>(sql, [...values]));
    return rows as Row[];
  }

  /** Runs a statement. Answers the rows that it inserted, deleted, or found to update. */
  async run(sql: string, values: readonly SqlValue[] = []): Promise<number> {
    const [result] = await this.#do(() => this.#connection.promise().query<ResultSetHeader>(sql, [...values]));
    return result.affectedRows ?? 0;
  }

  /**
   * Rows of a CSV file (`CSV_OPTIONS`) into a table. `into` is what follows the table in LOAD DATA: columns, and what is set.
   * @throws AppError when a value would be changed or a row left out: LOAD DATA LOCAL only warns of it.
   */
  async load(table: string, into: string, file: string): Promise<number> {
    const sql = `LOAD DATA LOCAL INFILE 'rows' INTO TABLE ${table} CHARACTER SET utf8mb4
      FIELDS TERMINATED BY ',' OPTIONALLY ENCLOSED BY '"' ESCAPED BY '' LINES TERMINATED BY '\\n' ${into}`;
    const infileStreamFactory = () => createReadStream(file, { highWaterMark: 1 << 18 });
    const [result] = await this.#do(() => this.#connection.promise().query<ResultSetHeader>({ sql, infileStreamFactory }));
    if ((result.warningStatus ?? 0) > 0) {
      const [warning] = await this.query('SHOW WARNINGS LIMIT 1');
      const column =
        /column [`']?(?:[^`'.]+[`']?\.[`']?)*([^`'. ]+)[`']? at row/.exec(String(warning?.['Message'] ?? ''))?.[1] ?? null;
      throw refusedLoad(Number(warning?.['Code'] ?? 0), column);
    }
    return result.affectedRows ?? 0;
  }

  /** The answer of a query into a CSV file for DuckDB, row by row; all values as the server writes them. */
  async pull(select: string, file: string): Promise<void> {
    await this.#do(async () => {
      const rows = this.#connection
        .query({ sql: select, rowsAsArray: true, typeCast: (field) => field.string('utf8') })
        .stream({ highWaterMark: 1000 });
      await pipeline(rows, toCsv(), createWriteStream(file, { highWaterMark: 1 << 18 }), { signal: this.#signal });
    });
  }

  /** Only one run publishes into a table at a time; the lock goes with the session. @throws AppError `landing-table-busy` */
  async lock(name: string): Promise<void> {
    const [row] = await this.query('SELECT GET_LOCK(?, ?) AS locked', [name, LOCK_WAIT_S]);
    if (Number(row?.['locked']) !== 1) throw new AppError(TABLE_BUSY);
  }

  /**
   * Runs `work` in one transaction, in which no statement may define tables: each of those would commit it. `isDone` is asked over a new
   * connection when the connection broke during the commit.
   */
  async transaction<T>(work: () => Promise<T>, isDone: (session: MariadbSession) => Promise<T | null>): Promise<T> {
    await this.run('START TRANSACTION');
    let value: T;
    try {
      value = await work();
      this.#signal.throwIfAborted();
    } catch (error) {
      await this.#connection
        .promise()
        .query('ROLLBACK')
        .catch(() => undefined);
      throw error;
    }
    return this.decide(async () => {
      await this.run('COMMIT');
      return value;
    }, isDone);
  }

  /** Runs the statement that makes all visible: an abort waits for it, and a broken connection is not taken for its failure. */
  async decide<T>(work: () => Promise<T>, isDone: (session: MariadbSession) => Promise<T | null>): Promise<T> {
    this.#signal.throwIfAborted();
    this.#deciding = true;
    try {
      return await work();
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      const done = await withSession(this.#target, new AbortController().signal, isDone);
      if (done === null) throw error;
      return done;
    } finally {
      this.#deciding = false;
    }
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    if (this.#signal.aborted) this.#connection.destroy();
    else
      await this.#connection
        .promise()
        .end()
        .catch(() => undefined);
  }

  async #do<T>(work: () => Promise<T>): Promise<T> {
    try {
      return await work();
    } catch (error) {
      throw this.#signal.aborted && !this.#deciding ? this.#signal.reason : toMariadbError(error);
    }
  }

  /** From a second connection, as the first one is busy. A user may end its own sessions. */
  async #terminate(): Promise<void> {
    try {
      const { connection } = await connectTo(this.#target);
      const other = connection.promise();
      await other.query(`KILL CONNECTION ${this.#connection.threadId}`).catch(() => undefined);
      await other.end();
    } catch {
      // The server is gone or full: then the session ends with its socket, and what waits for it fails.
      this.#socket.destroy();
    }
  }
}

function toCsv(): Transform {
  return new Transform({
    writableObjectMode: true,
    transform(row: readonly (string | null)[], _encoding, done) {
      done(null, `${row.map((value) => (value === null ? '' : `"${value.replaceAll('"', '""')}"`)).join(',')}\n`);
    },
  });
}

/** Runs `work` with a connection of its own. */
export async function withSession<T>(
  target: MariadbTarget,
  signal: AbortSignal,
  work: (session: MariadbSession) => Promise<T>,
): Promise<T> {
  const session = await MariadbSession.open(target, signal);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
