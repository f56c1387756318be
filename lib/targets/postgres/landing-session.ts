import { createReadStream, createWriteStream } from 'node:fs';
import { pipeline } from 'node:stream/promises';
import type pg from 'pg';
import { from as copyFrom, to as copyTo } from 'pg-copy-streams';
import { isConnectionLost } from '#lib/targets/database/database-problems.ts';
import { toLandingError } from './landing-error.ts';
import { createClient, type PostgresServer } from './server.ts';

/** How long a run waits for another run on the same table, and for locks of readers, milliseconds. */
const LOCK_WAIT_MS = 15_000;

export type SqlValue = string | number | boolean | Date | null | readonly string[];

/**
 * One connection to the database of a target. When `signal` aborts, the server terminates the session, which rolls back the transaction and
 * releases the locks. Errors are AppErrors.
 */
export class LandingSession {
  readonly #client: pg.Client;
  readonly #server: PostgresServer;
  readonly #signal: AbortSignal;
  #pid = 0;
  #committing = false;
  readonly #onAbort = (): void => {
    if (!this.#committing) void this.#terminate();
  };

  private constructor(server: PostgresServer, client: pg.Client, signal: AbortSignal) {
    this.#server = server;
    this.#client = client;
    this.#signal = signal;
  }

  static async open(server: PostgresServer, signal: AbortSignal): Promise<LandingSession> {
    const client = await createClient(server, { keepAlive: true });
    const session = new LandingSession(server, client, signal);
    try {
      await client.connect();
      // Otherwise the server's settings would determine the format of times.
      await client.query(
        `SET timezone = 'UTC'; SET datestyle = 'ISO'; SET statement_timeout = 0; SET lock_timeout = ${LOCK_WAIT_MS}`,
      );
      const { rows } = await client.query<{ pid: number }>('SELECT pg_backend_pid() AS pid');
      session.#pid = rows[0]?.pid ?? 0;
      signal.addEventListener('abort', session.#onAbort, { once: true });
      signal.throwIfAborted();
      return session;
    } catch (error) {
      await session.close();
      throw toLandingError(error);
    }
  }

  /** Process id of the server process. */
  get pid(): number {
    return this.#pid;
  }

  async query<R extends pg.QueryResultRow = pg.QueryResultRow>(
    sql: string,
    values: readonly SqlValue[] = [],
  ): Promise<pg.QueryResult<R>> {
    try {
      return await this.#client.query<R>(sql, [...values]);
    } catch (error) {
      throw this.#reason(error);
    }
  }

  /** Runs several statements in one round trip. Returns the number of rows that the last one changed. */
  async run(sql: string): Promise<number> {
    try {
      const result: pg.QueryResult | pg.QueryResult[] = await this.#client.query(sql);
      return (Array.isArray(result) ? result.at(-1)?.rowCount : result.rowCount) ?? 0;
    } catch (error) {
      throw this.#reason(error);
    }
  }

  /** Copies a CSV file into a table. `target` is `schema.table (columns)`, quoted. */
  async copyIn(target: string, file: string): Promise<void> {
    const sink = this.#client.query(copyFrom(`COPY ${target} FROM STDIN (FORMAT csv)`));
    await this.#pipe(() => pipeline(createReadStream(file, { highWaterMark: 1 << 20 }), sink, { signal: this.#signal }));
  }

  /** Copies the result of a query into a CSV file. */
  async copyOut(select: string, file: string): Promise<void> {
    const source = this.#client.query(copyTo(`COPY (${select}) TO STDOUT (FORMAT csv)`));
    await this.#pipe(() => pipeline(source, createWriteStream(file, { highWaterMark: 1 << 20 }), { signal: this.#signal }));
  }

  /**
   * Runs `work` in one transaction. A commit that was sent is awaited even when the signal aborts then.
   * When the connection breaks during the commit, `isDone` determines the outcome over a new connection.
   */
  async transaction<T>(work: () => Promise<T>, isDone: (session: LandingSession) => Promise<T | null>): Promise<T> {
    await this.run('BEGIN');
    let value: T;
    try {
      value = await work();
      this.#signal.throwIfAborted();
    } catch (error) {
      await this.#client.query('ROLLBACK').catch(() => undefined);
      throw error;
    }
    this.#committing = true;
    try {
      await this.run('COMMIT');
    } catch (error) {
      if (!isConnectionLost(error)) throw error;
      const done = await withSession(this.#server, new AbortController().signal, isDone);
      if (done === null) throw error;
      return done;
    } finally {
      this.#committing = false;
    }
    return value;
  }

  async close(): Promise<void> {
    this.#signal.removeEventListener('abort', this.#onAbort);
    await this.#client.end().catch(() => undefined);
  }

  async #pipe(work: () => Promise<void>): Promise<void> {
    try {
      await work();
    } catch (error) {
      throw this.#reason(error);
    }
  }

  #reason(error: unknown): unknown {
    return this.#signal.aborted ? this.#signal.reason : toLandingError(error);
  }

  /** Uses a second connection, as the first one is busy. A role may terminate its own sessions. */
  async #terminate(): Promise<void> {
    let client: pg.Client | null = null;
    try {
      client = await createClient(this.#server, {});
      await client.connect();
      await client.query('SELECT pg_terminate_backend($1)', [this.#pid]);
    } catch {
      // The server is unreachable or full: closing the socket then ends the session.
      this.#client.end().catch(() => undefined);
    } finally {
      await client?.end().catch(() => undefined);
    }
  }
}

/** Runs `work` with a new connection. */
export async function withSession<T>(
  server: PostgresServer,
  signal: AbortSignal,
  work: (session: LandingSession) => Promise<T>,
): Promise<T> {
  const session = await LandingSession.open(server, signal);
  try {
    return await work(session);
  } finally {
    await session.close();
  }
}
