import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import { type TaskTarget, writesFiles } from '#lib/domain/task/task.ts';
import { type DatasetPlan, planReload } from '#lib/reload/engine/plan.ts';
import { COLLATION } from '#lib/targets/mariadb/server.ts';
import type { MariadbSettings } from '#lib/targets/mariadb/settings.ts';
import { namesOf, quote } from './names.ts';
import { columnType, definition } from './types.ts';

const RUN_ID = 'varchar(64) CHARACTER SET ascii COLLATE ascii_bin';
const TEXT = `CHARACTER SET utf8mb4 COLLATE ${COLLATION}`;
const OPTIONS = `ENGINE = InnoDB ROW_FORMAT = DYNAMIC DEFAULT CHARACTER SET utf8mb4 COLLATE ${COLLATION}`;

/** `name` type of data columns, a line each. */
export function columnLines({ columns, key }: Pick<DatasetPlan, 'columns' | 'key'>): readonly string[] {
  return columns.map(
    (column) => definition(column.name, columnType(column, key)) + (key.includes(column.name) ? ' NOT NULL' : ''),
  );
}

function create(table: string, lines: readonly string[]): string {
  return `CREATE TABLE ${table} (\n  ${lines.join(',\n  ')}\n) ${OPTIONS}`;
}

/** A table of the session alone. */
export function temporaryTable(table: string, lines: readonly string[]): string {
  return temporary(create(table, lines));
}

function primaryKey(names: readonly string[]): readonly string[] {
  return names.length === 0 ? [] : [`PRIMARY KEY (${names.map(quote).join(', ')})`];
}

/** The same statement for a table of the session alone. */
export function temporary(createTable: string): string {
  return createTable.replace('CREATE TABLE', 'CREATE TEMPORARY TABLE');
}

/** The landed table of Reload and compare. Without a key a number distinguishes rows of the same values, which are found by their hash. */
export function landedTableSql(plan: DatasetPlan, live: string): string {
  const numbered = plan.key.length > 0 ? [] : ['hdr__row_number bigint NOT NULL AUTO_INCREMENT'];
  return create(live, [
    ...columnLines(plan),
    'hdr__inserted_at datetime(6) NOT NULL',
    'hdr__updated_at datetime(6) NOT NULL',
    `hdr__run_id ${RUN_ID} NOT NULL`,
    'hdr__row_hash bigint NOT NULL',
    ...numbered,
    ...primaryKey(plan.key.length > 0 ? plan.key : ['hdr__row_number']),
    ...(plan.key.length > 0 ? [] : ['KEY (hdr__row_hash)']),
  ]);
}

/** Its change table. */
export function changeTableSql(plan: DatasetPlan, changes: string): string {
  const keys = plan.columns.filter(({ name }) => plan.key.includes(name));
  return create(changes, [
    `hdr__run_id ${RUN_ID} NOT NULL`,
    'hdr__changed_at datetime(6) NOT NULL',
    "hdr__operation char(1) NOT NULL CHECK (hdr__operation IN ('I', 'U', 'D', 'L'))",
    ...keys.map((column) => definition(column.name, columnType(column, plan.key))),
    'hdr__changed_columns json NOT NULL',
    'hdr__before json',
    'hdr__after json',
    'KEY (hdr__run_id, hdr__operation)',
  ]);
}

/** Its type 2 history. */
export function historyTableSql(plan: DatasetPlan, history: string): string {
  return create(history, [
    ...columnLines(plan),
    `hdr__run_id ${RUN_ID} NOT NULL`,
    'hdr__from_timestamp datetime(6) NOT NULL',
    'hdr__to_timestamp datetime(6)',
    `KEY (${plan.key.map(quote).join(', ')})`,
  ]);
}

/** The table of Full load, under whatever name it is loaded. */
export function loadedTableSql(plan: DatasetPlan, table: string): string {
  return create(table, [
    ...columnLines(plan),
    'hdr__loaded_at datetime(6) NOT NULL',
    `hdr__run_id ${RUN_ID} NOT NULL`,
    ...primaryKey(plan.key),
  ]);
}

/** The rows of a dataset that were set aside. */
export function rejectedTableSql(table: string): string {
  return create(table, [
    `hdr__run_id ${RUN_ID} NOT NULL`,
    'hdr__read_at datetime(6) NOT NULL',
    ...['hdr__key', 'hdr__column', 'hdr__reason', 'hdr__row'].map((name) => `${name} longtext ${TEXT}`),
  ]);
}

/** A table that a reload makes, unquoted, and the statement that makes it. */
interface TableSql {
  readonly name: string;
  readonly statement: string;
}

/** The tables of one dataset. */
export function tablesSql(settings: Pick<MariadbSettings, 'prefix'>, plan: DatasetPlan, task: TaskTarget): readonly TableSql[] {
  if (writesFiles(task)) return [];
  const { table, live, changes, history } = namesOf(settings, plan);
  if (task.method === 'full-load') return [{ name: table, statement: loadedTableSql(plan, live) }];
  const kept = task.settings.history && plan.key.length > 0;
  return [
    { name: table, statement: landedTableSql(plan, live) },
    { name: `${table}__ct`, statement: changeTableSql(plan, changes) },
    ...(kept ? [{ name: `${table}__history`, statement: historyTableSql(plan, history) }] : []),
  ];
}

/** SQL that makes the tables of these datasets, with the prefix that a target has where none was chosen. */
export function tableDdl(datasets: readonly DatasetDefinition[], task: TaskTarget): string | null {
  if (writesFiles(task)) return null;
  const { datasets: plans } = planReload(datasets, task);
  const statements = plans.flatMap((plan) => tablesSql({ prefix: '{schema}_' }, plan, task).map(({ statement }) => statement));
  return statements.map((statement) => `${statement};\n`).join('\n');
}
