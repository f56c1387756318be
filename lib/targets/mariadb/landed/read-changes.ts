import type { DatasetDefinition } from '#lib/domain/dataset/dataset.ts';
import type { ChangeDto } from '#lib/domain/run/run.ts';
import { LETTER, OPERATION } from '#lib/targets/change-letters.ts';
import { insertedRow, readChangesPage } from '#lib/targets/database/changes-page.ts';
import { dataColumns } from '#lib/targets/database/header-columns.ts';
import type { MariadbTarget } from '#lib/targets/mariadb/server.ts';
import { type MariadbSession, type Row, withSession } from '#lib/targets/mariadb/session.ts';
import { findTable } from '#lib/targets/mariadb/table/landed-table.ts';
import { literal, namesOf, quote, type TableNames } from '#lib/targets/mariadb/table/names.ts';
import { jsonMember } from '#lib/targets/mariadb/table/types.ts';
import type { ChangesFilter, ChangesPage } from '#lib/targets/target.ts';

const READ_MS = 20_000;

interface ChangesRequest {
  readonly session: MariadbSession;
  readonly names: TableNames;
  /** SQL of the key as text. */
  readonly key: string;
  readonly filter: ChangesFilter;
}

/** What a run changed, out of `<dataset>__ct`; nothing where there is no such table. */
export async function readTableChanges(
  target: MariadbTarget,
  schema: string,
  dataset: DatasetDefinition,
  filter: ChangesFilter,
): Promise<ChangesPage> {
  const names = namesOf(target.settings, { namespace: schema, table: dataset.name });
  const keys = dataset.columns.filter((column) => column.key).map(({ name }) => quote(name));
  const key = `CONCAT_WS(' / ', ${keys.length === 0 ? "''" : keys.join(', ')})`;
  return withSession(target, AbortSignal.timeout(READ_MS), async (session) => {
    if ((await findTable(session, `${names.table}__ct`)) === null) return { changes: [], total: 0 };
    const asked = { session, names, key, filter };
    return readChangesPage(filter, { recorded: () => readRecorded(asked), loaded: () => readLoaded(asked) });
  });
}

async function readRecorded({ session, names, key, filter }: ChangesRequest): Promise<ChangesPage> {
  const operation = filter.operation === null ? '' : `AND hdr__operation = ${literal(LETTER[filter.operation])}`;
  const rows = await session.query(
    `SELECT hdr__operation AS operation, hdr__changed_at AS changed_at, hdr__changed_columns AS changed_columns, ${key} AS row_key,
       hdr__before AS before_row, hdr__after AS after_row, COUNT(*) OVER () AS total
     FROM ${names.changes} WHERE hdr__run_id = ? AND hdr__operation <> 'L' ${operation} ORDER BY operation, row_key LIMIT ?`,
    [filter.runId, filter.limit],
  );
  const changes = rows.map(
    (row): ChangeDto => ({
      operation: OPERATION[row['operation'] as keyof typeof OPERATION],
      changedAt: isoOf(row['changed_at']),
      runId: filter.runId,
      key: String(row['row_key']),
      changedColumns: JSON.parse(String(row['changed_columns'])) as string[],
      before: jsonOf(row, 'before_row'),
      after: jsonOf(row, 'after_row'),
    }),
  );
  return { changes, total: Number(rows[0]?.['total'] ?? 0) };
}

async function readLoaded({ session, names, key, filter }: ChangesRequest): Promise<ChangesPage | null> {
  const [load] = await session.query(
    `SELECT hdr__changed_at AS at, JSON_VALUE(hdr__after, '$.rows') AS loaded FROM ${names.changes} WHERE hdr__run_id = ? AND hdr__operation = 'L' LIMIT 1`,
    [filter.runId],
  );
  const found = await findTable(session, names.table);
  if (load === undefined || found === null) return null;
  const members = dataColumns(found.columns).map(
    (name) => `${literal(name)}, ${jsonMember(found.columns.get(name) ?? 'longtext', quote(name))}`,
  );
  const rows = await session.query(
    `SELECT ${key} AS row_key, JSON_OBJECT(${members.join(', ')}) AS after_row FROM ${names.live} WHERE hdr__inserted_at = ? LIMIT ?`,
    [load['at'] ?? null, filter.limit],
  );
  const at = { changedAt: isoOf(load['at']), runId: filter.runId };
  const changes = rows.map((row) => insertedRow({ ...at, key: String(row['row_key']), after: jsonOf(row, 'after_row') }));
  return { changes, total: Number(load['loaded']) };
}

function isoOf(time: Row[string] | undefined): string {
  return new Date(`${String(time).replace(' ', 'T')}Z`).toISOString();
}

function jsonOf(row: Row, name: string): Record<string, unknown> | null {
  const text = row[name] ?? null;
  return text === null ? null : (JSON.parse(String(text)) as Record<string, unknown>);
}
