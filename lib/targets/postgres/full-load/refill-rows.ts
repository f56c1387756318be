import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { LOAD_HEADER_COLUMNS } from '#lib/targets/database/header-columns.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { type FoundTable, findTable, namesOf, quote, type TableNames } from '#lib/targets/postgres/table/landed-table.ts';
import { keyName } from '#lib/targets/postgres/table/table-ddl.ts';
import { widenedKeyNote } from '#lib/targets/publish-notes.ts';

/**
 * How loaded rows get into the existing table. `truncate` and `delete` delete all landed rows first; with `delete` readers see them
 * until the commit without waiting. `merge` keeps the row of each key that is loaded again, which foreign keys of other tables reference.
 */
export type Refill = 'append' | 'truncate' | 'delete' | 'merge';

interface RefillOptions {
  /** The table before it was altered. */
  readonly found: FoundTable;
  readonly how: Refill;
}

/** Within the publishing transaction: writes the loaded rows into the landed table, which must have their columns. Returns notes. */
export async function refillRows(session: LandingSession, plan: DatasetPlan, options: RefillOptions): Promise<readonly string[]> {
  const names = namesOf(plan);
  if (options.how === 'merge' && plan.key.length > 0) {
    await mergeRows(session, plan, options.found);
    return [];
  }
  const notes: string[] = [];
  if (options.how === 'append') notes.push(...(await widenKey(session, plan, options.found)));
  else {
    await session.run(options.how === 'truncate' ? `TRUNCATE ${names.live}` : `DELETE FROM ${names.live}`);
    await restoreKey(session, plan, options.found);
  }
  await session.run(insertSql(plan, names, ''));
  return notes;
}

/**
 * Appended rows may have keys of earlier loads. The primary key then becomes the key with `hdr__run_id`, since each load contains a key
 * once.
 */
async function widenKey(session: LandingSession, plan: DatasetPlan, found: FoundTable): Promise<readonly string[]> {
  if (plan.key.length === 0 || found.primaryKey.length === 0 || found.primaryKey.includes('hdr__run_id')) return [];
  const { live, staging } = namesOf(plan);
  const same = found.primaryKey.map((name) => `entrada__t.${quote(name)} = entrada__n.${quote(name)}`).join(' AND ');
  const { rows } = await session.query<{ count: string }>(
    `SELECT count(*) AS count FROM ${staging('new')} entrada__n WHERE EXISTS (SELECT FROM ${live} entrada__t WHERE ${same})`,
  );
  const count = Number(rows[0]?.count ?? 0);
  if (count === 0) return [];
  const key = [...found.primaryKey, 'hdr__run_id'];
  await session.run(rekeySql(plan, found, key));
  return [widenedKeyNote(key, found.primaryKey, count)];
}

/** Restores the key of the dataset after appends had widened it. */
async function restoreKey(session: LandingSession, plan: DatasetPlan, found: FoundTable): Promise<void> {
  const widened = found.primaryKey.length === plan.key.length + 1 && found.primaryKey.at(-1) === 'hdr__run_id';
  if (plan.key.length === 0 || !(widened || found.primaryKey.length === 0)) return;
  await session.run(rekeySql(plan, found, plan.key));
}

function rekeySql(plan: DatasetPlan, found: FoundTable, key: readonly string[]): string {
  const drop = found.primaryKeyName === null ? '' : `DROP CONSTRAINT ${quote(found.primaryKeyName)}, `;
  const name = found.primaryKeyName ?? keyName(plan);
  return `ALTER TABLE ${namesOf(plan).live} ${drop}ADD CONSTRAINT ${quote(name)} PRIMARY KEY (${key.map(quote).join(', ')})`;
}

function insertSql(plan: DatasetPlan, { live, staging }: TableNames, where: string): string {
  const columns = [...plan.columns.map((column) => quote(column.name)), ...LOAD_HEADER_COLUMNS].join(', ');
  return `INSERT INTO ${live} (${columns}) SELECT ${columns} FROM ${staging('new')} entrada__n ${where}`;
}

/** Deletes rows that are not loaded again; updates the others, with null in columns that are no longer read; inserts new ones. */
async function mergeRows(session: LandingSession, plan: DatasetPlan, found: FoundTable): Promise<void> {
  const names = namesOf(plan);
  const loaded = names.staging('new');
  const same = plan.key.map((name) => `entrada__t.${quote(name)} = entrada__n.${quote(name)}`).join(' AND ');
  const known = new Set<string>([...plan.columns.map(({ name }) => name), ...LOAD_HEADER_COLUMNS]);
  const values = [...known]
    .filter((name) => !plan.key.includes(name))
    .map((name) => `${quote(name)} = entrada__n.${quote(name)}`);
  const now = await findTable(session, plan.namespace, plan.table);
  const lost = [...found.columns.keys()]
    .filter((name) => !known.has(name) && now?.columns.has(name) === true)
    .map((name) => `${quote(name)} = NULL`);
  await session.run(`DELETE FROM ${names.live} entrada__t WHERE NOT EXISTS (SELECT FROM ${loaded} entrada__n WHERE ${same})`);
  await session.run(
    `UPDATE ${names.live} entrada__t SET ${[...values, ...lost].join(', ')} FROM ${loaded} entrada__n WHERE ${same}`,
  );
  await session.run(insertSql(plan, names, `WHERE NOT EXISTS (SELECT FROM ${names.live} entrada__t WHERE ${same})`));
}
