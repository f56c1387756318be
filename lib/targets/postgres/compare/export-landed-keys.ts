import pg from 'pg';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { Preload, PublishOptions, StagedEvents } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { type LandingSession, withSession } from '#lib/targets/postgres/landing-session.ts';
import { findLastPublish } from '#lib/targets/postgres/published.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import { findTable, namesOf, quote, rowsNotDeletedSql } from '#lib/targets/postgres/table/landed-table.ts';
import { exportedParentColumn } from './compare-stage.ts';
import { checkComparable } from './compare-tables.ts';
import { changedLanded } from './partial-compare.ts';

const DAY_MS = 86_400_000;

/**
 * Key, row hash and, where the key does not contain it, parent of the landed rows (in a partial compare only of the changed rows), as CSV;
 * null when the table does not exist. While the table lacks a column of the plan the hash is null, so that all rows differ; rows
 * without a key were matched by their values before (rehash-keyless.ts).
 */
export async function exportLandedKeys(
  session: LandingSession,
  stage: StagedRows,
  plan: DatasetPlan,
  { changes, events = null }: Pick<PublishOptions, 'changes' | 'events'>,
): Promise<string | null> {
  const found = await findTable(session, plan.namespace, plan.table);
  if (found === null) return null;
  checkComparable(plan, found);
  const file = stage.scratchFile('landed.csv');
  const names = namesOf(plan);
  const keys = plan.columns.filter((column) => plan.key.includes(column.name)).map((column) => quote(column.name));
  const present = rowsNotDeletedSql(names, found);
  const rows = changes?.partial === true ? changedLanded(present, changes.scope) : present + windowSql(events);
  const trusted = keys.length === 0 || plan.columns.every(({ name }) => found.columns.has(name));
  const hash = trusted ? 'hdr__row_hash' : 'NULL::bigint';
  const parent = exportedParentColumn(plan);
  const parents = parent === null ? [] : [found.columns.has(parent) ? `${quote(parent)}::text` : 'NULL::text'];
  await session.copyOut(`SELECT ${[...keys, hash, ...parents].join(', ')} FROM ${rows}`, file);
  return file;
}

/** One day more than requested, which covers events that Graph returns outside of the window. Landed times equal the staged ones. */
function windowSql(events: StagedEvents | null): string {
  if (events === null || events.from === null) return '';
  const from = new Date(Date.parse(events.from) - DAY_MS).toISOString();
  const time = quote(events.timeColumn);
  return ` WHERE ${time} >= ${pg.escapeLiteral(from)} OR ${time} IS NULL`;
}

/**
 * Pulls landed keys while the source is still read, from the first staged part on. The result is discarded when another run has published into the
 * table; after a failure the publish pulls again.
 */
export class PrefetchedKeys implements Preload {
  readonly #server: PostgresServer;
  readonly #stage: StagedRows;
  readonly #plan: DatasetPlan;
  readonly #stop = new AbortController();
  readonly #signal: AbortSignal;
  #pulling: Promise<{ readonly file: string; readonly after: string | null } | null> | null = null;

  constructor(server: PostgresServer, stage: StagedRows, plan: DatasetPlan, signal: AbortSignal) {
    this.#server = server;
    this.#stage = stage;
    this.#plan = plan;
    this.#signal = AbortSignal.any([signal, this.#stop.signal]);
  }

  take(): void {
    this.#pulling ??= this.#pull().catch(() => null);
  }

  /** The file, if the table is unchanged; `session` must have its lock. */
  async settle(session: LandingSession): Promise<string | null> {
    const pulled = await this.#pulling;
    if (pulled == null || (await findTable(session, this.#plan.namespace, this.#plan.table)) === null) return null;
    return pulled.after === (await findLastPublish(session, this.#plan)) ? pulled.file : null;
  }

  async end(): Promise<void> {
    this.#stop.abort();
    await this.#pulling;
  }

  async #pull() {
    return withSession(this.#server, this.#signal, async (session) => {
      const after = await findLastPublish(session, this.#plan);
      const file = await exportLandedKeys(session, this.#stage, this.#plan, { changes: null });
      return file === null ? null : { file, after };
    });
  }
}
