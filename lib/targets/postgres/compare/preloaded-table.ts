import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { Preload } from '#lib/reload/engine/sink.ts';
import type { StagedPart, StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import {
  columnDefinitions,
  ensureStagingSchema,
  namesOf,
  quote,
  type TableNames,
} from '#lib/targets/postgres/table/landed-table.ts';
import { copyExpression } from '#lib/targets/postgres/table/types.ts';
import { rowHashSql } from '#lib/targets/row-hash.ts';
import { CSV_OPTIONS } from './compare-stage.ts';

/** The destination of a stage's rows, and the session for it. */
export interface CopyTarget {
  readonly session: LandingSession;
  readonly stage: StagedRows;
  readonly plan: DatasetPlan;
  /** Quoted and qualified name. */
  readonly table: string;
  /** Path of a temporary file for the rows. */
  readonly scratch: string;
  /** Whether rows include `hdr__row_hash`. */
  readonly hashed?: boolean;
}

/** Copies parts of the stage, or rows that a query over it selects, into the target's data columns. */
export async function copyRows(
  { session, stage, plan, table, scratch, hashed = false }: CopyTarget,
  rows: string,
): Promise<void> {
  const hash = hashed ? [rowHashSql(plan.columns)] : [];
  const values = [...plan.columns.map(copyExpression), ...hash].join(', ');
  const names = [...plan.columns.map((column) => quote(column.name)), ...(hashed ? ['hdr__row_hash'] : [])];
  const file = stage.scratchFile(scratch);
  await stage.runApart(`COPY (SELECT ${values} FROM (${rows})) TO ${sqlText(file)} ${CSV_OPTIONS}`);
  await session.copyIn(`${table} (${names.join(', ')})`, file);
}

export interface PreloadOptions {
  readonly stage: StagedRows;
  readonly plan: DatasetPlan;
  /** Whether rows include `hdr__row_hash`; useful only while the columns that are read stay those of the plan. */
  readonly hashed?: boolean;
}

/**
 * Copies staged parts into a table of the staging schema while other parts are still read: both mostly wait.
 * A failure here is ignored: the publish then copies everything itself.
 */
export class PreloadedTable implements Preload {
  readonly #server: PostgresServer;
  readonly #stage: StagedRows;
  readonly #plan: DatasetPlan;
  readonly #signal: AbortSignal;
  readonly #names: TableNames;
  readonly #hashed: boolean;
  readonly #waiting: StagedPart[] = [];
  readonly #copied = new Set<string>();
  #session: LandingSession | null = null;
  #working: Promise<void> | null = null;
  #failed = false;

  constructor(server: PostgresServer, { stage, plan, hashed = false }: PreloadOptions, signal: AbortSignal) {
    this.#hashed = hashed;
    this.#server = server;
    this.#stage = stage;
    this.#plan = plan;
    this.#signal = signal;
    this.#names = namesOf(plan);
  }

  take(part: StagedPart): void {
    if (this.#failed) return;
    this.#waiting.push(part);
    this.#working ??= this.#work().finally(() => {
      this.#working = null;
    });
  }

  /**
   * Renames the table to `new` and returns the files whose rows it contains; works once, since a retried publish has dropped it.
   * Must use the session with the lock: without it the table may belong to another run. The caller handles parts that were not copied, and rows that
   * were superseded meanwhile.
   */
  async handOver(): Promise<ReadonlySet<string>> {
    this.#waiting.length = 0;
    await this.#working;
    if (this.#failed || this.#session === null) return new Set();
    this.#failed = true;
    const { staging, stagingName } = this.#names;
    try {
      await this.#session.run(
        `DROP TABLE IF EXISTS ${staging('new')}; ALTER TABLE ${staging('early')} RENAME TO ${quote(stagingName('new'))}`,
      );
      return this.#copied;
    } catch {
      return new Set();
    }
  }

  async end(): Promise<void> {
    this.#waiting.length = 0;
    this.#failed = true;
    await this.#working;
    if (this.#session === null) return;
    await this.#session.close();
    this.#session = null;
    // Uses a new session, since this one may be closed.
    const drop = async (session: LandingSession): Promise<void> => {
      if (await this.#lock(session)) await session.run(`DROP TABLE IF EXISTS ${this.#names.staging('early')}`);
    };
    await withSession(this.#server, new AbortController().signal, drop).catch(() => undefined);
  }

  async #work(): Promise<void> {
    try {
      this.#session ??= await this.#begin();
      const [session, stage, plan] = [this.#session, this.#stage, this.#plan];
      const target = { session, stage, plan, table: this.#names.staging('early'), scratch: 'early.csv', hashed: this.#hashed };
      for (let part = this.#waiting.shift(); part !== undefined; part = this.#waiting.shift()) {
        await copyRows(target, await stage.selectRows([part.file], false));
        this.#copied.add(part.file);
      }
    } catch {
      this.#failed = true;
    }
  }

  /** Only one run at a time uses the table; another run of the same target works without preloading. */
  async #begin(): Promise<LandingSession> {
    const session = await LandingSession.open(this.#server, this.#signal);
    try {
      await ensureStagingSchema(session);
      if (!(await this.#lock(session))) throw new Error('another run loads early');
      const table = this.#names.staging('early');
      const columns = [...columnDefinitions(this.#plan.columns), ...(this.#hashed ? ['hdr__row_hash bigint NOT NULL'] : [])];
      await session.run(`DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${columns.join(', ')})`);
      return session;
    } catch (error) {
      await session.close();
      throw error;
    }
  }

  /** The end of the session releases the lock. */
  async #lock(session: LandingSession): Promise<boolean> {
    const { rows } = await session.query<{ ours: boolean }>('SELECT pg_try_advisory_lock(hashtextextended($1, 3)) AS ours', [
      `${this.#plan.namespace}.${this.#plan.table}`,
    ]);
    return rows[0]?.ours === true;
  }
}
