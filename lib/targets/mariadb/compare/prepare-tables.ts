import type { DriftDecision } from '#lib/domain/run/drift.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { type FoundTable, requireKey, requireTableOfMethod, retyped } from '#lib/targets/database/found-table.ts';
import { COMPARE_HEADER_COLUMNS, dataColumns } from '#lib/targets/database/header-columns.ts';
import type { MariadbSession } from '#lib/targets/mariadb/session.ts';
import { fitTable } from '#lib/targets/mariadb/table/drift.ts';
import { findTable, sameKey } from '#lib/targets/mariadb/table/landed-table.ts';
import { quote, type TableNames } from '#lib/targets/mariadb/table/names.ts';
import { changeTableSql, historyTableSql, landedTableSql } from '#lib/targets/mariadb/table/table-ddl.ts';
import { definition, fitsType } from '#lib/targets/mariadb/table/types.ts';

export interface PreparedTables {
  readonly liveTypes: ReadonlyMap<string, string>;
  /** The decisions that hold. */
  readonly drift: readonly DriftDecision[];
}

/** Refuses a table that can't be compared: made otherwise, or with another key. */
export function checkComparable(plan: DatasetPlan, found: FoundTable, { table }: TableNames): void {
  requireTableOfMethod(table, found, COMPARE_HEADER_COLUMNS);
  requireKey(table, found, plan.key.length === 0 ? ['hdr__row_number'] : plan.key, plan.key);
}

/**
 * Before the publishing transaction, since MariaDB commits each definition of a table: makes what is missing, and fits what is there to the
 * columns of the plan, those that were selected and could not be read included. A run that fails afterwards leaves new tables and columns empty.
 */
export async function prepareTables(
  session: MariadbSession,
  plan: DatasetPlan,
  names: TableNames,
  { history, drift: before = [] }: { readonly history: boolean; readonly drift?: readonly DriftDecision[] },
): Promise<PreparedTables> {
  const found = await findTable(session, names.table);
  if (found === null) await session.run(landedTableSql(plan, names.live));
  const drift = found === null ? before : await fitTable(session, plan, { names, found, drift: before });
  const liveTypes = new Map((await findTable(session, names.table))?.columns ?? []);
  liveTypes.delete('hdr__row_number');
  await prepareChanges(session, plan, { names, liveTypes });
  if (history) await prepareHistory(session, plan, names, liveTypes);
  return { liveTypes, drift };
}

/** The key columns of an existing change table follow those of the landed table. */
async function prepareChanges(
  session: MariadbSession,
  plan: DatasetPlan,
  { names, liveTypes }: { readonly names: TableNames; readonly liveTypes: ReadonlyMap<string, string> },
): Promise<void> {
  const found = await findTable(session, `${names.table}__ct`);
  if (found === null) return void (await session.run(changeTableSql(plan, names.changes)));
  for (const name of plan.key) {
    const [wanted, has] = [liveTypes.get(name), found.columns.get(name)];
    if (wanted !== undefined && has !== undefined && !fitsType(wanted, has))
      await session.run(`ALTER TABLE ${names.changes} MODIFY COLUMN ${definition(name, wanted)}`);
  }
}

/** Fits the history to the landed table: it has all of its columns, also those that are not read any more. */
async function prepareHistory(
  session: MariadbSession,
  plan: DatasetPlan,
  names: TableNames,
  liveTypes: ReadonlyMap<string, string>,
): Promise<void> {
  const name = `${names.table}__history`;
  if ((await findTable(session, name)) === null) await session.run(historyTableSql(plan, names.history));
  const found = await findTable(session, name);
  for (const column of dataColumns(liveTypes)) {
    const [wanted = 'longtext', has] = [liveTypes.get(column), found?.columns.get(column)];
    if (has === undefined) {
      await session.run(`ALTER TABLE ${names.history} ADD COLUMN ${definition(column, wanted)}`);
      // The versions that count now get what is landed.
      await session.run(`UPDATE ${names.history} h JOIN ${names.live} t ON ${sameKey(plan.key, 'h', 't')}
        SET h.${quote(column)} = t.${quote(column)} WHERE h.hdr__to_timestamp IS NULL`);
    } else if (!fitsType(wanted, has)) {
      if (!fitsType(has, wanted)) throw retyped(name, column, has, wanted);
      await session.run(`ALTER TABLE ${names.history} MODIFY COLUMN ${definition(column, wanted)}`);
    }
  }
}

/** Within the publishing transaction: a history that starts later begins with the rows as they are landed. */
export async function beginHistory(
  session: MariadbSession,
  { history, live }: TableNames,
  liveTypes: ReadonlyMap<string, string>,
): Promise<void> {
  const columns = dataColumns(liveTypes).map(quote).join(', ');
  if ((await session.query(`SELECT 1 FROM ${history} LIMIT 1`)).length > 0) return;
  await session.run(
    `INSERT INTO ${history} (${columns}, hdr__run_id, hdr__from_timestamp) SELECT ${columns}, hdr__run_id, hdr__updated_at FROM ${live}`,
  );
}
