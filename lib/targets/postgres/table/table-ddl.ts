import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { columnDefinitions, DELETED_AT, quote, type TableNames } from './landed-table.ts';

/** SQL of the landed table of Reload and compare. Without a key, rows are identified by their hash. */
export function landedTableSql(plan: DatasetPlan, { live }: Pick<TableNames, 'live'>): string {
  const key =
    plan.key.length === 0
      ? ''
      : `,
  PRIMARY KEY (${plan.key.map(quote).join(', ')})`;
  const index = plan.key.length === 0 ? `;\nCREATE INDEX ON ${live} (hdr__row_hash)` : '';
  return `CREATE TABLE ${live} (
  ${columnsOf(plan)},
  hdr__inserted_at timestamptz NOT NULL,
  hdr__updated_at timestamptz NOT NULL,
  hdr__run_id text NOT NULL,
  hdr__row_hash bigint NOT NULL${key}
)${index}`;
}

/** What soft delete adds to it. */
export function deletedAtSql({ live }: Pick<TableNames, 'live'>): string {
  return `ALTER TABLE ${live} ADD COLUMN IF NOT EXISTS ${DELETED_AT} timestamptz`;
}

/** Its change table. */
export function changeTableSql(plan: DatasetPlan, { changes }: Pick<TableNames, 'changes'>): string {
  const keys = columnDefinitions(plan.columns.filter((column) => plan.key.includes(column.name)));
  return `CREATE TABLE ${changes} (
  hdr__run_id text NOT NULL,
  hdr__changed_at timestamptz NOT NULL,
  hdr__operation text NOT NULL CHECK (hdr__operation IN ('I', 'U', 'D', 'L')),
  ${keys.map((key) => `${key},\n  `).join('')}hdr__changed_columns text[] NOT NULL,
  hdr__before jsonb,
  hdr__after jsonb
);
CREATE INDEX ON ${changes} (hdr__run_id, hdr__operation)`;
}

/** SQL of its type 2 history and of the view of present versions, without the initial rows; the index is created after those. */
export function historyTableSql(plan: DatasetPlan, { history, current }: Pick<TableNames, 'history' | 'current'>) {
  const keys = plan.key.map(quote).join(', ');
  return {
    table: `CREATE TABLE ${history} (
  ${columnsOf(plan)},
  hdr__run_id text NOT NULL,
  hdr__from_timestamp timestamptz NOT NULL,
  hdr__to_timestamp timestamptz
)`,
    view: currentViewSql({ history, current }, null),
    index: `CREATE INDEX ON ${history} (${keys}) WHERE hdr__to_timestamp IS NULL`,
  };
}

/** SQL of the view of present versions. `columns` null: all of the history, whose new columns are its last ones, as a view that is replaced wants. */
export function currentViewSql(
  { history, current }: Pick<TableNames, 'history' | 'current'>,
  columns: readonly string[] | null,
): string {
  const shown = columns === null ? '*' : columns.map(quote).join(', ');
  return `CREATE OR REPLACE VIEW ${current} AS SELECT ${shown} FROM ${history} WHERE hdr__to_timestamp IS NULL`;
}

/**
 * SQL of the table of Full load under the name `table`; the key is created after loading. PostgreSQL names the key after the table: in the staging
 * schema other tasks load tables of the same name meanwhile.
 */
export function loadedTableSql(plan: DatasetPlan, table: string) {
  const keys = plan.key.map(quote).join(', ');
  return {
    table: `CREATE TABLE ${table} (
  ${columnsOf(plan)},
  hdr__loaded_at timestamptz NOT NULL,
  hdr__run_id text NOT NULL
)`,
    key: plan.key.length === 0 ? null : `ALTER TABLE ${table} ADD PRIMARY KEY (${keys})`,
  };
}

/** Default name that PostgreSQL gives the key of a table. */
export function keyName(plan: DatasetPlan): string {
  return `${plan.table}_pkey`;
}

/** One line each, since the statements are also exported for people. */
function columnsOf(plan: DatasetPlan): string {
  return columnDefinitions(plan.columns).join(',\n  ');
}
