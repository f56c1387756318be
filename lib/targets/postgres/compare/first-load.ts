import pg from 'pg';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { Preload, PublishOptions } from '#lib/reload/engine/sink.ts';
import type { StagedPart, StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { tablePlan } from '#lib/targets/database/table-plan.ts';
import { type LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import { columnDefinitions, findTable, grantToReader, namesOf, quote } from '#lib/targets/postgres/table/landed-table.ts';
import { renameParts } from '#lib/targets/postgres/table/rename-parts.ts';
import { analyzeSql, copyPartsNotPreloaded, correctSuperseded, usablePreloadedFiles } from './copy-stage.ts';
import { PrefetchedKeys } from './export-landed-keys.ts';
import { PreloadedTable } from './preloaded-table.ts';

/** Work during the reading of the source: copies the rows of a table that does not exist yet, or pulls the keys of an existing one. */
export class ComparePreload implements Preload {
  readonly keys: PrefetchedKeys;
  readonly #rows: PreloadedTable;
  readonly #plan: DatasetPlan;
  readonly #isNew: () => Promise<boolean>;
  #deciding: Promise<boolean> | null = null;

  constructor(server: PostgresServer, stage: StagedRows, plan: DatasetPlan, signal: AbortSignal) {
    this.keys = new PrefetchedKeys(server, stage, plan, signal);
    this.#rows = new PreloadedTable(server, { stage, plan, hashed: true }, signal);
    this.#plan = plan;
    this.#isNew = () =>
      withSession(server, signal, async (session) => (await findTable(session, plan.namespace, plan.table)) === null);
  }

  take(part: StagedPart): void {
    // After a failure here the publish decides again.
    this.#deciding ??= this.#isNew().catch(() => false);
    void this.#deciding.then((isNew) => (isNew ? this.#rows.take(part) : this.keys.take()));
  }

  /** Copied rows, if their hashes cover the columns that were read. */
  async rows({ columns }: DatasetPlan): Promise<PreloadedTable | null> {
    await this.#deciding;
    const same =
      columns.length === this.#plan.columns.length && columns.every(({ name }, at) => this.#plan.columns[at]?.name === name);
    return same ? this.#rows : null;
  }

  async end(): Promise<void> {
    await this.#deciding;
    await this.keys.end();
    await this.#rows.end();
  }
}

interface FirstLoad {
  readonly session: LandingSession;
  readonly server: PostgresServer;
  readonly stage: StagedRows;
  readonly preloaded: PreloadedTable | null;
}

/**
 * Loads all rows of a dataset without a table, with hash and key, into a table of the staging schema, like a full load, since there is
 * nothing to compare with.
 */
export async function loadFirst(
  { session, server, stage, preloaded }: FirstLoad,
  { plan, unread, runId, now, signal }: PublishOptions,
): Promise<void> {
  const table = namesOf(plan).staging('new');
  const headerValues = { at: pg.escapeLiteral(now.toISOString()), run: pg.escapeLiteral(runId) };
  const own = [
    `hdr__inserted_at timestamptz NOT NULL DEFAULT ${headerValues.at}`,
    `hdr__updated_at timestamptz NOT NULL DEFAULT ${headerValues.at}`,
    `hdr__run_id text NOT NULL DEFAULT ${headerValues.run}`,
  ];
  const wanted = tablePlan(plan, unread);
  const copied = await usablePreloadedFiles(stage, plan, preloaded);
  if (copied.size === 0) {
    const columns = [...columnDefinitions(wanted.columns), ...own, 'hdr__row_hash bigint NOT NULL'];
    await session.run(`DROP TABLE IF EXISTS ${table}; CREATE TABLE ${table} (${columns.join(', ')})`);
  } else {
    await session.run(`ALTER TABLE ${table} ${own.map((column) => `ADD ${column}`).join(', ')}`);
    await correctSuperseded({ session, stage, plan, table, scratch: 'load-0.csv', hashed: true }, copied);
  }
  await withSession(server, signal, (second) =>
    copyPartsNotPreloaded([session, second], { stage, plan, table, hashed: true }, copied),
  );
  const key =
    plan.key.length === 0
      ? `CREATE INDEX ON ${table} (hdr__row_hash)`
      : // Named after the staging table, and renamed with it: other tasks load tables of the same name into this schema meanwhile.
        `ALTER TABLE ${table} ADD PRIMARY KEY (${plan.key.map(quote).join(', ')})`;
  await session.run(`${key}; ALTER TABLE ${table} ALTER hdr__inserted_at DROP DEFAULT, ALTER hdr__updated_at DROP DEFAULT,
    ALTER hdr__run_id DROP DEFAULT; ${analyzeSql(plan, table)}`);
}

/** Within the publishing transaction: makes the loaded table the landed one. Fails when a landed one exists meanwhile. */
export async function publishFirstLoad(session: LandingSession, plan: DatasetPlan): Promise<void> {
  const names = namesOf(plan);
  await session.run(`ALTER TABLE ${names.staging('new')} SET SCHEMA ${names.schema};
    ALTER TABLE ${names.schema}.${quote(names.stagingName('new'))} RENAME TO ${quote(plan.table)}`);
  await renameParts(session, plan);
  await grantToReader(session, names.live);
}
