import { AppError } from '#lib/platform/errors.ts';
import type { DatasetPlan } from '#lib/reload/plan.ts';
import { COMPARE_COLUMNS } from './apply-changes.ts';
import { checkOurs, type FoundTable, findTable, grantToReader, planDrift, quote, type TableNames } from './landed-table.ts';
import type { LandingSession } from './landing-session.ts';
import { changeTableSql, historyTableSql, landedTableSql } from './table-ddl.ts';

export interface PreparedTables {
  readonly liveTypes: ReadonlyMap<string, string>;
  readonly notes: readonly string[];
}

/** Refuses a table that can't be compared: made otherwise, or with another key. */
export function checkComparable(plan: DatasetPlan, found: FoundTable): void {
  checkOurs(plan, found, COMPARE_COLUMNS);
  if ([...found.primaryKey].sort().join('\n') === [...plan.key].sort().join('\n')) return;
  throw new AppError({
    code: 'key-changed',
    title: `The key of ${plan.place}.${plan.table} is (${found.primaryKey.join(', ')}), that of the dataset is (${plan.key.join(', ')}).`,
    remedy: `Choose the old key again on the connection metadata page, or drop the table ${plan.place}.${plan.table} to start anew. Nothing was changed.`,
    fixer: 'you',
  });
}

/** Within the publishing transaction: makes what is missing, and fits what is there to the columns of the plan. */
export async function prepareTables(
  session: LandingSession,
  plan: DatasetPlan,
  names: TableNames,
  history: boolean,
): Promise<PreparedTables> {
  const found = await findTable(session, plan.place, plan.table);
  if (found === null) await createLive(session, plan, names);
  const drift = found === null ? { alter: [], notes: [] } : planDrift(plan, found, names.live);
  for (const statement of drift.alter) await session.run(statement);
  await createChanges(session, plan, names);
  if (history) await prepareHistory(session, plan, names);
  const now = await findTable(session, plan.place, plan.table);
  return { liveTypes: now?.columns ?? new Map(), notes: drift.notes };
}

async function createLive(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<void> {
  await session.run(landedTableSql(plan, names));
  await grantToReader(session, names.live);
}

async function createChanges(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<void> {
  if ((await findTable(session, plan.place, `${plan.table}__ct`)) !== null) return;
  await session.run(changeTableSql(plan, names));
  await grantToReader(session, names.changes);
}

/** A history that starts later begins with the rows as they are landed. */
async function prepareHistory(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<void> {
  const found = await findTable(session, plan.place, `${plan.table}__history`);
  if (found !== null) {
    for (const statement of planDrift(plan, found, names.history).alter) await session.run(statement);
    return;
  }
  const columns = plan.columns.map((column) => quote(column.name)).join(', ');
  const { table, index } = historyTableSql(plan, names);
  await session.run(`${table};
    INSERT INTO ${names.history} (${columns}, hdr__run_id, hdr__from_timestamp) SELECT ${columns}, hdr__run_id, hdr__updated_at FROM ${names.live};
    ${index}`);
  await grantToReader(session, names.history);
}
