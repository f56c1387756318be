import type { DriftDecision } from '#lib/domain/run/drift.ts';
import { sideTableName } from '#lib/domain/task/side-tables.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { requireKey, requireTableOfMethod } from '#lib/targets/database/found-table.ts';
import { COMPARE_HEADER_COLUMNS } from '#lib/targets/database/header-columns.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { alterColumn, fitTable } from '#lib/targets/postgres/table/drift.ts';
import {
  DELETED_AT,
  type FoundTable,
  findTable,
  grantToReader,
  labelOf,
  quote,
  type TableNames,
} from '#lib/targets/postgres/table/landed-table.ts';
import { changeTableSql, deletedAtSql, landedTableSql } from '#lib/targets/postgres/table/table-ddl.ts';
import { fitsType } from '#lib/targets/postgres/table/types.ts';
import { prepareHistory } from './history-tables.ts';

export interface PreparedTables {
  readonly liveTypes: ReadonlyMap<string, string>;
  /** The decisions that hold. */
  readonly drift: readonly DriftDecision[];
}

/** Refuses a table that cannot be compared: created in another way, or with another key. */
export function checkComparable(plan: DatasetPlan, found: FoundTable): void {
  requireTableOfMethod(labelOf(plan), found, COMPARE_HEADER_COLUMNS);
  requireKey(labelOf(plan), found, plan.key);
}

interface Preparation {
  readonly history: boolean;
  readonly softDelete: boolean;
  /** Decisions of before the reading. */
  readonly drift?: readonly DriftDecision[];
}

/**
 * Within the publishing transaction: creates missing tables, and adapts existing ones to the columns of the plan, including selected
 * columns that could not be read.
 */
export async function prepareTables(
  session: LandingSession,
  plan: DatasetPlan,
  names: TableNames,
  { history, softDelete, drift: before = [] }: Preparation,
): Promise<PreparedTables> {
  const found = await findTable(session, plan.namespace, plan.table);
  if (found === null) await createLive(session, plan, names);
  const drift = found === null ? before : await fitTable(session, plan, { found, drift: before });
  if (softDelete && found?.columns.has(DELETED_AT) !== true) await session.run(deletedAtSql(names));
  const now = await findTable(session, plan.namespace, plan.table);
  const liveTypes = now?.columns ?? new Map<string, string>();
  await createChanges(session, plan, { names, liveTypes });
  if (history) await prepareHistory(session, plan, names, { liveTypes, before: found });
  return { liveTypes, drift };
}

async function createLive(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<void> {
  await session.run(landedTableSql(plan, names));
  await grantToReader(session, names.live);
}

/** The key columns of an existing change table follow those of the landed table. */
async function createChanges(
  session: LandingSession,
  plan: DatasetPlan,
  { names, liveTypes }: { readonly names: TableNames; readonly liveTypes: ReadonlyMap<string, string> },
): Promise<void> {
  const side = { ...plan, table: sideTableName(plan.table, '__ct') };
  const found = await findTable(session, side.namespace, side.table);
  if (found === null) {
    await session.run(changeTableSql(plan, names));
    await grantToReader(session, names.changes);
    return;
  }
  for (const name of plan.key) {
    const [wanted, has] = [liveTypes.get(name), found.columns.get(name)];
    if (wanted === undefined || has === undefined || fitsType(wanted, has)) continue;
    const column = quote(name);
    await alterColumn(session, side, {
      column: name,
      change: `ALTER COLUMN ${column} TYPE ${wanted} USING ${column}::${wanted}`,
    });
  }
  await allowLoaded(session, names);
}

/** Change tables of earlier versions do not allow the operation `L`. Existing rows need no check. */
async function allowLoaded(session: LandingSession, { changes }: TableNames): Promise<void> {
  const { rows } = await session.query<{ name: string }>(
    `SELECT conname AS name FROM pg_constraint WHERE conrelid = $1::regclass AND contype = 'c'
       AND pg_get_constraintdef(oid) LIKE '%hdr__operation%' AND pg_get_constraintdef(oid) NOT LIKE '%''L''%'`,
    [changes],
  );
  for (const { name } of rows) {
    await session.run(`ALTER TABLE ${changes} DROP CONSTRAINT ${quote(name)},
      ADD CONSTRAINT ${quote(name)} CHECK (hdr__operation IN ('I', 'U', 'D', 'L')) NOT VALID`);
  }
}
