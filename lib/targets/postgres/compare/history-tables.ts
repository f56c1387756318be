import { sideTableName } from '#lib/domain/task/side-tables.ts';
import { AppError } from '#lib/platform/errors.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { requireTableOfMethod, retyped } from '#lib/targets/database/found-table.ts';
import { dataColumns } from '#lib/targets/database/header-columns.ts';
import { type Dependent, findAttachments, findDependents } from '#lib/targets/postgres/full-load/attachments.ts';
import type { LandingSession } from '#lib/targets/postgres/landing-session.ts';
import { alterColumn } from '#lib/targets/postgres/table/drift.ts';
import {
  type FoundTable,
  findTable,
  grantToReader,
  labelOf,
  quote,
  rowsNotDeletedSql,
  type TableNames,
} from '#lib/targets/postgres/table/landed-table.ts';
import { currentViewSql, historyTableSql } from '#lib/targets/postgres/table/table-ddl.ts';
import { fitsType } from '#lib/targets/postgres/table/types.ts';

interface LiveTable {
  readonly liveTypes: ReadonlyMap<string, string>;
  /** The table before this publish altered it; null: it is new. */
  readonly before: FoundTable | null;
}

/**
 * Adapts the history to the landed table: it gets all of its columns, including those that are not read any more, and keeps those that were dropped
 * there. A history that is enabled later starts with the landed rows. The view of present versions has the columns of the landed table.
 */
export async function prepareHistory(
  session: LandingSession,
  plan: DatasetPlan,
  names: TableNames,
  { liveTypes, before }: LiveTable,
): Promise<void> {
  const side = { ...plan, table: sideTableName(plan.table, '__history') };
  const there = await findTable(session, side.namespace, side.table);
  const { table, index } = historyTableSql(plan, names);
  const view = await ViewOfPresent.find(session, plan, names);
  if (there === null) await session.run(table);
  const found = there ?? (await findTable(session, side.namespace, side.table));
  const late: string[] = [];
  for (const name of dataColumns(liveTypes)) {
    const [wanted = 'text', has] = [liveTypes.get(name), found?.columns.get(name)];
    const column = quote(name);
    if (has === undefined) {
      await session.run(`ALTER TABLE ${names.history} ADD COLUMN ${column} ${wanted}`);
      if (before?.columns.has(name) === true) late.push(column);
    } else if (!fitsType(wanted, has)) {
      if (!fitsType(has, wanted)) throw retyped(labelOf(side), name, has, wanted);
      // PostgreSQL changes no type under a view.
      await view.drop();
      await alterColumn(session, side, {
        column: name,
        change: `ALTER COLUMN ${column} TYPE ${wanted} USING ${column}::${wanted}`,
      });
    }
  }
  if (there === null) {
    const columns = dataColumns(liveTypes).map(quote).join(', ');
    await session.run(`INSERT INTO ${names.history} (${columns}, hdr__run_id, hdr__from_timestamp)
      SELECT ${columns}, hdr__run_id, hdr__updated_at FROM ${rowsNotDeletedSql(names, { columns: liveTypes })};
      ${index}`);
    await grantToReader(session, names.history);
  } else await fillOpenVersions(session, plan, names, late);
  await view.show(liveTypes);
}

/** Columns that the landed table had before its history: open versions get the landed values. */
async function fillOpenVersions(
  session: LandingSession,
  plan: DatasetPlan,
  names: TableNames,
  columns: readonly string[],
): Promise<void> {
  if (columns.length === 0) return;
  const same = plan.key.map((name) => `entrada__h.${quote(name)} = entrada__t.${quote(name)}`).join(' AND ');
  await session.run(`UPDATE ${names.history} entrada__h SET ${columns.map((name) => `${name} = entrada__t.${name}`).join(', ')}
    FROM ${names.live} entrada__t WHERE ${same} AND entrada__h.hdr__to_timestamp IS NULL`);
}

function viewNeeded(view: string, dependents: readonly Dependent[]): AppError {
  return new AppError({
    code: 'landing-table-needed',
    title: `Other objects depend on the view ${view.replaceAll('"', '')}, which Entrada has to create again with other columns.`,
    detail: `Objects that use the view: ${dependents.map(({ what }) => what).join(', ')}.`,
    remedy:
      'Drop those objects, run the task, and create them again; or set the task to keep the columns. Nothing was published.',
    fixer: 'you',
  });
}

/** The view `__current`. Where it has to be made again, it gets the rights, comments, owner and options that people gave it. */
class ViewOfPresent {
  readonly #session: LandingSession;
  readonly #plan: DatasetPlan;
  readonly #names: TableNames;
  /** As it is now. */
  #found: FoundTable | null;
  /** What was attached to the view that was dropped; null: none was. */
  #attached: readonly { readonly sql: string; readonly columns: readonly string[] }[] | null = null;

  constructor(session: LandingSession, { plan, names }: { plan: DatasetPlan; names: TableNames }, found: FoundTable | null) {
    this.#session = session;
    this.#plan = plan;
    this.#names = names;
    this.#found = found;
  }

  /** @throws AppError `table-not-ours` when something else has its name. */
  static async find(session: LandingSession, plan: DatasetPlan, names: TableNames): Promise<ViewOfPresent> {
    const table = sideTableName(plan.table, '__current');
    const found = await findTable(session, plan.namespace, table);
    if (found !== null) requireTableOfMethod(labelOf({ ...plan, table }), found, ['hdr__from_timestamp']);
    return new ViewOfPresent(session, { plan, names }, found);
  }

  /** @throws AppError `landing-table-needed` when views of others depend on it. */
  async drop(): Promise<void> {
    if (this.#found === null) return;
    const { current } = this.#names;
    const dependents = await findDependents(this.#session, current);
    if (dependents.length > 0) throw viewNeeded(current, dependents);
    await this.#session.run('SET LOCAL search_path = pg_catalog');
    this.#attached = await findAttachments(this.#session, { live: current, loaded: current });
    await this.#session.run('SET LOCAL search_path TO DEFAULT');
    await this.#session.run(`DROP VIEW IF EXISTS ${current}`);
    this.#found = null;
  }

  /** Makes the view where it is missing or has other columns than the landed table. */
  async show(liveTypes: ReadonlyMap<string, string>): Promise<void> {
    const history = await findTable(this.#session, this.#plan.namespace, sideTableName(this.#plan.table, '__history'));
    const all = [...(history?.columns.keys() ?? [])];
    const shown = all.filter((name) => name.startsWith('hdr__') || liveTypes.has(name));
    const now = await findTable(this.#session, this.#plan.namespace, sideTableName(this.#plan.table, '__current'));
    this.#found = now;
    if (now !== null && now.columns.size === shown.length && shown.every((name) => now.columns.has(name))) return;
    // A column can be added to a view; none can be taken out of it.
    if (now !== null && [...now.columns.keys()].some((name) => !shown.includes(name))) await this.drop();
    await this.#session.run(currentViewSql(this.#names, shown.length === all.length ? null : shown));
    if (now !== null && this.#attached === null) return;
    await grantToReader(this.#session, this.#names.current);
    for (const { sql, columns } of this.#attached ?? [])
      if (columns.every((name) => shown.includes(name))) await this.#session.run(sql);
  }
}
