import type { DriftDecision } from '#lib/domain/run/drift.ts';
import { decideDrift } from '#lib/reload/engine/drift/decide-drift.ts';
import { driftProblem } from '#lib/reload/engine/drift/drift-problem.ts';
import { type LandedTable, landedColumns, type RecordedColumn, recordOf } from '#lib/reload/engine/drift/landed-table.ts';
import { settleDrift } from '#lib/reload/engine/drift/settle-drift.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import type { FoundTable } from '#lib/targets/database/found-table.ts';
import { findRecordedColumns } from '#lib/targets/mariadb/published.ts';
import type { MariadbSession } from '#lib/targets/mariadb/session.ts';
import { findTable } from './landed-table.ts';
import { quote, type TableNames } from './names.ts';
import { columnType, definition, fitsType } from './types.ts';

/** The landed table with what is recorded of its columns; null: it does not exist, or Entrada did not make it, which the publish refuses. */
export async function findLandedTable(
  session: MariadbSession,
  plan: DatasetPlan,
  { names, isReplaced }: { readonly names: TableNames; readonly isReplaced: () => Promise<boolean> },
): Promise<LandedTable | null> {
  const found = await findTable(session, names.table);
  if (found === null || !found.columns.has('hdr__run_id')) return null;
  const records = await findRecordedColumns(session, names);
  return landedTableOf(plan, found, { names, records, isReplaced: await isReplaced() });
}

interface Known {
  readonly names: TableNames;
  readonly records: readonly RecordedColumn[];
  readonly isReplaced: boolean;
}

function landedTableOf({ key }: DatasetPlan, { columns }: FoundTable, { names, records, isReplaced }: Known): LandedTable {
  return {
    label: names.table,
    columns: landedColumns(columns, records),
    ...{ isReplaced, renames: 'at-end', drops: true, ignoresCase: true, converts: true },
    typeOf: (column) => columnType(column, key),
    fits: fitsType,
  };
}

/**
 * Before the publishing transaction, since MariaDB commits each definition of a table: adds and widens columns, so that the table takes rows of the
 * plan. Decides again, since the table may have changed since the reading; returns the decisions that hold. What takes something away is left to
 * `finishColumns`.
 * @throws AppError `column-retyped`, `schema-drift`
 */
export async function fitTable(
  session: MariadbSession,
  plan: DatasetPlan,
  { names, found, drift }: { readonly names: TableNames; readonly found: FoundTable; readonly drift: readonly DriftDecision[] },
): Promise<readonly DriftDecision[]> {
  const landed = landedTableOf(plan, found, { names, records: await findRecordedColumns(session, names), isReplaced: false });
  const decisions = decideDrift(plan, landed);
  const stop = driftProblem(decisions, { label: landed.label, drift: plan.drift });
  if (stop !== null) throw stop;
  const types = new Map(plan.columns.map((column) => [column.name, columnType(column, plan.key)]));
  for (const { action, column } of decisions) {
    const wanted = definition(column, types.get(column) ?? '');
    if (action === 'added' || action === 'added-beside') await session.run(`ALTER TABLE ${names.live} ADD COLUMN ${wanted}`);
    else if (action === 'widened')
      await session.run(`ALTER TABLE ${names.live} MODIFY COLUMN ${wanted}${plan.key.includes(column) ? ' NOT NULL' : ''}`);
  }
  return settleDrift(drift, decisions);
}

/** What the record of a publish says of the columns. */
export async function columnsRecord(
  session: MariadbSession,
  options: PublishOptions,
  {
    names,
    found,
    drift,
  }: { readonly names: TableNames; readonly found: FoundTable | null; readonly drift: readonly DriftDecision[] },
): Promise<readonly RecordedColumn[]> {
  return recordOf({ ...options, drift }, await findRecordedColumns(session, names), new Set(found?.columns.keys()));
}

/**
 * After the publish: drops columns and gives them their new names, in the table and in those beside it. A run that dies before it leaves that to the
 * next one, which finds the same difference.
 */
export async function finishColumns(
  session: MariadbSession,
  names: Pick<TableNames, 'table'>,
  drift: readonly DriftDecision[],
): Promise<void> {
  const changes = drift.filter(({ action }) => action === 'renamed' || action === 'dropped');
  if (changes.length === 0) return;
  for (const table of [names.table, `${names.table}__ct`, `${names.table}__history`]) {
    const found = await findTable(session, table);
    if (found === null) continue;
    for (const { action, from, column } of changes) {
      if (action === 'dropped' && table === names.table && found.columns.has(column))
        await session.run(`ALTER TABLE ${quote(table)} DROP COLUMN ${quote(column)}`);
      const type = from === null ? undefined : found.columns.get(from);
      if (action !== 'renamed' || from === null || type === undefined || found.columns.has(column)) continue;
      // RENAME COLUMN would leave the check of a JSON column with the old name.
      const wanted = `${definition(column, type)}${found.primaryKey.includes(from) ? ' NOT NULL' : ''}`;
      await session.run(`ALTER TABLE ${quote(table)} CHANGE COLUMN ${quote(from)} ${wanted}`);
    }
  }
}
