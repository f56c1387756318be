import pg from 'pg';
import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { ChangeDto } from '#lib/domain/run/run.ts';
import { sideTableName } from '#lib/domain/task/side-tables.ts';
import { LETTER, OPERATION } from '#lib/targets/change-letters.ts';
import { insertedRow, readChangesPage } from '#lib/targets/database/changes-page.ts';
import type { PostgresServer } from '#lib/targets/postgres/server.ts';
import type { ChangesFilter, ChangesPage } from '#lib/targets/target.ts';
import { withReader } from './read-rows.ts';

interface ChangeRow {
  readonly operation: keyof typeof OPERATION;
  readonly changed_at: Date;
  readonly changed_columns: readonly string[];
  readonly key: string;
  readonly before: Record<string, unknown> | null;
  readonly after: Record<string, unknown> | null;
  readonly total: string;
}

interface ChangesRequest {
  readonly client: pg.Client;
  /** Quoted and qualified. */
  readonly live: string;
  readonly changes: string;
  /** SQL of the key as text. */
  readonly key: string;
  readonly filter: ChangesFilter;
}

/** Changes of a run from `<dataset>__ct`; empty where there is no such table. */
export async function readTableChanges(
  server: PostgresServer,
  schema: string,
  dataset: DatasetDefinition,
  filter: ChangesFilter,
): Promise<ChangesPage> {
  const tableOf = (name: string): string => `${pg.escapeIdentifier(schema)}.${pg.escapeIdentifier(name)}`;
  const [live, changes] = [tableOf(dataset.name), tableOf(sideTableName(dataset.name, '__ct'))];
  const keys = dataset.columns.filter((column) => column.key).map(({ name }) => `${pg.escapeIdentifier(name)}::text`);
  const key = `concat_ws(' / ', ${keys.length === 0 ? "''" : keys.join(', ')})`;
  return withReader(server, async (client) => {
    const { rows: ready } = await client.query<{ ready: boolean }>('SELECT to_regclass($1) IS NOT NULL AS ready', [changes]);
    if (ready[0]?.ready !== true) return { changes: [], total: 0 };
    const asked = { client, live, changes, key, filter };
    return readChangesPage(filter, { recorded: () => readRecorded(asked), loaded: () => readLoaded(asked) });
  });
}

async function readRecorded({ client, changes, key, filter }: ChangesRequest): Promise<ChangesPage> {
  const { rows } = await client.query<ChangeRow>(
    `SELECT hdr__operation AS operation, hdr__changed_at AS changed_at, hdr__changed_columns AS changed_columns,
       ${key} AS key, hdr__before AS before, hdr__after AS after, count(*) OVER () AS total
     FROM ${changes} WHERE hdr__run_id = $1 AND hdr__operation <> 'L' AND ($2::text IS NULL OR hdr__operation = $2)
     ORDER BY operation, key LIMIT $3`,
    [filter.runId, filter.operation === null ? null : LETTER[filter.operation], filter.limit],
  );
  const dtos = rows.map(
    (row): ChangeDto => ({
      operation: OPERATION[row.operation],
      changedAt: row.changed_at.toISOString(),
      runId: filter.runId,
      key: row.key,
      changedColumns: row.changed_columns,
      before: row.before,
      after: row.after,
    }),
  );
  return { changes: dtos, total: Number(rows[0]?.total ?? 0) };
}

async function readLoaded({ client, live, changes, key, filter }: ChangesRequest): Promise<ChangesPage | null> {
  const { rows: loads } = await client.query<{ at: Date; rows: string }>(
    `SELECT hdr__changed_at AS at, hdr__after->>'rows' AS rows FROM ${changes} WHERE hdr__run_id = $1 AND hdr__operation = 'L' LIMIT 1`,
    [filter.runId],
  );
  const [load] = loads;
  if (load === undefined) return null;
  const { rows } = await client.query<{ key: string; after: Record<string, unknown> }>(
    `SELECT ${key} AS key, to_jsonb(entrada__t) - ARRAY['hdr__inserted_at', 'hdr__updated_at', 'hdr__run_id', 'hdr__row_hash', 'hdr__deleted_at'] AS after
     FROM ${live} entrada__t WHERE hdr__inserted_at = $1 LIMIT $2`,
    [load.at, filter.limit],
  );
  const at = { changedAt: load.at.toISOString(), runId: filter.runId };
  return { changes: rows.map(({ key: rowKey, after }) => insertedRow({ ...at, key: rowKey, after })), total: Number(load.rows) };
}
