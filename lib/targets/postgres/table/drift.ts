import pg from 'pg';
import type { DriftDecision } from '#lib/domain/run/drift.ts';
import { sideTableName } from '#lib/domain/task/side-tables.ts';
import { AppError } from '#lib/platform/errors.ts';
import { decideDrift } from '#lib/reload/engine/drift/decide-drift.ts';
import { driftProblem } from '#lib/reload/engine/drift/drift-problem.ts';
import { type LandedTable, landedColumns, type RecordedColumn } from '#lib/reload/engine/drift/landed-table.ts';
import { settleDrift } from '#lib/reload/engine/drift/settle-drift.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { findRecordedColumns } from '#lib/targets/postgres/published.ts';
import { type FoundTable, findTable, labelOf, namesOf, qualified, quote } from './landed-table.ts';
import { fitsType, POSTGRES_TYPE } from './types.ts';

type Plan = Pick<DatasetPlan, 'namespace' | 'table'>;

/** The landed table with what is recorded of its columns; null: it does not exist, or Entrada did not make it, which the publish refuses. */
export async function findLandedTable(
  session: LandingSession,
  plan: DatasetPlan,
  isReplaced: () => Promise<boolean>,
): Promise<LandedTable | null> {
  const found = await findTable(session, plan.namespace, plan.table);
  if (found === null || !found.columns.has('hdr__run_id')) return null;
  return landedTableOf(plan, found, { records: await findRecordedColumns(session, plan), isReplaced: await isReplaced() });
}

function landedTableOf(
  plan: Plan,
  { columns }: FoundTable,
  { records, isReplaced }: { readonly records: readonly RecordedColumn[]; readonly isReplaced: boolean },
): LandedTable {
  return {
    label: labelOf(plan),
    columns: landedColumns(columns, records),
    ...{ isReplaced, renames: 'at-end', drops: true, ignoresCase: false, converts: true },
    typeOf: ({ type }) => POSTGRES_TYPE[type],
    fits: fitsType,
  };
}

/**
 * Within the publishing transaction: alters the existing table so that it takes rows of the plan. Decides again, since the table may have changed
 * since the reading, or stay although it was to be made anew; returns the decisions that hold. Renames are left to `renameColumns`.
 * @throws AppError `column-retyped`, `schema-drift`; `landing-table-needed` when other objects depend on a column.
 */
export async function fitTable(
  session: LandingSession,
  plan: DatasetPlan,
  { found, drift }: { readonly found: FoundTable; readonly drift: readonly DriftDecision[] },
): Promise<readonly DriftDecision[]> {
  const landed = landedTableOf(plan, found, { records: await findRecordedColumns(session, plan), isReplaced: false });
  const decisions = decideDrift(plan, landed);
  const stop = driftProblem(decisions, { label: landed.label, drift: plan.drift });
  if (stop !== null) throw stop;
  const { live } = namesOf(plan);
  const types = new Map(plan.columns.map(({ name, type }) => [name, POSTGRES_TYPE[type]]));
  for (const { action, column } of decisions) {
    const [name, type] = [quote(column), types.get(column)];
    if (action === 'added' || action === 'added-beside') await session.run(`ALTER TABLE ${live} ADD COLUMN ${name} ${type}`);
    else if (action === 'dropped') await alterColumn(session, plan, { column, change: `DROP COLUMN ${name}` });
    else if (action === 'widened')
      await alterColumn(session, plan, { column, change: `ALTER COLUMN ${name} TYPE ${type} USING ${name}::${type}` });
  }
  return settleDrift(drift, decisions);
}

interface Alteration {
  readonly column: string;
  /** What follows ALTER TABLE and the name of the table. */
  readonly change: string;
}

/** @throws AppError `landing-table-needed` when objects of others depend on the column. */
export async function alterColumn(session: LandingSession, plan: Plan, { column, change }: Alteration): Promise<void> {
  try {
    await session.run(`ALTER TABLE ${qualified(plan.namespace, plan.table)} ${change}`);
  } catch (error) {
    const code = databaseCodeOf(error);
    if (code !== '0A000' && code !== '2BP01') throw error;
    throw new AppError(
      {
        code: 'landing-table-needed',
        title: `Other objects depend on column ${column} of ${labelOf(plan)}, which Entrada has to change.`,
        detail: error instanceof Error ? (error.cause instanceof pg.DatabaseError ? error.cause.message : error.message) : '',
        remedy:
          'Drop those objects, run the task, and create them again; or set the task to keep the column. Nothing was published.',
        fixer: 'you',
        field: column,
      },
      { cause: error },
    );
  }
}

function databaseCodeOf(error: unknown): string | undefined {
  const cause = error instanceof Error && error.cause instanceof pg.DatabaseError ? error.cause : error;
  return cause instanceof pg.DatabaseError ? cause.code : undefined;
}

/**
 * Last in the publishing transaction: gives columns their new names, in the table and in those beside it. Views of others follow by themselves; the
 * columns of these views keep their names.
 */
export async function renameColumns(session: LandingSession, plan: Plan, drift: readonly DriftDecision[]): Promise<void> {
  const renamed = drift.filter(({ action }) => action === 'renamed');
  if (renamed.length === 0) return;
  const { namespace, table } = plan;
  for (const name of [table, ...(['__ct', '__history', '__current'] as const).map((side) => sideTableName(table, side))]) {
    const found = await findTable(session, namespace, name);
    for (const { from, column } of renamed) {
      if (from === null || found === null || !found.columns.has(from) || found.columns.has(column)) continue;
      await session.run(`ALTER TABLE ${qualified(namespace, name)} RENAME COLUMN ${quote(from)} TO ${quote(column)}`);
    }
  }
}
