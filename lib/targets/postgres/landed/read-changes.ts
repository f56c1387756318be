import pg from 'pg';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import type { ChangesFilter, ChangesPage } from '#lib/targets/target.ts';
import { withReader } from './read-rows.ts';

const OPERATION = { I: 'insert', U: 'update', D: 'delete' } as const;
const LETTER = { insert: 'I', update: 'U', delete: 'D' } as const;

interface ChangeRow {
  readonly operation: keyof typeof OPERATION;
  readonly changed_at: Date;
  readonly changed_columns: readonly string[];
  readonly key: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly total: string;
}

/** What a run changed, out of `<dataset>__ct`; nothing where there is no such table. */
export async function readTableChanges(
  server: PostgresServer,
  schema: string,
  dataset: DatasetDefinition,
  filter: ChangesFilter,
): Promise<ChangesPage> {
  const table = `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(`${dataset.name}__ct`)}`;
  const keys = dataset.columns.filter((column) => column.key).map(({ name }) => `${pg.escapeIdentifier(name)}::text`);
  return withReader(server, async (client) => {
    const { rows: ready } = await client.query<{ ready: boolean }>('SELECT to_regclass($1) IS NOT NULL AS ready', [table]);
    if (ready[0]?.ready !== true) return { changes: [], total: 0 };
    const { rows } = await client.query<ChangeRow>(
      `SELECT hdr__operation AS operation, hdr__changed_at AS changed_at, hdr__changed_columns AS changed_columns,
         concat_ws(' / ', ${keys.length === 0 ? "''" : keys.join(', ')}) AS key, hdr__before AS before, hdr__after AS after, count(*) OVER () AS total
       FROM ${table} WHERE hdr__run_id = $1 AND ($2::text IS NULL OR hdr__operation = $2) ORDER BY operation, key LIMIT $3`,
      [filter.runId, filter.operation === null ? null : LETTER[filter.operation], filter.limit],
    );
    const changes = rows.map((row) => ({
      operation: OPERATION[row.operation],
      changedAt: row.changed_at.toISOString(),
      runId: filter.runId,
      key: row.key,
      changedColumns: row.changed_columns,
      before: row.before,
      after: row.after,
    }));
    return { changes, total: Number(rows[0]?.total ?? 0) };
  });
}
