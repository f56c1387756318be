import { formatCounted } from '#lib/domain/format.ts';
import type { RejectedRows } from '#lib/domain/run/run.ts';
import { sideTableName } from '#lib/domain/task/side-tables.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { keySql } from '#lib/reload/parse/sql/rejected-key-sql.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';

/** Name of the table or folder with the rejected rows of a dataset. */
export function rejectedName({ table }: Pick<DatasetPlan, 'table'>): string {
  return sideTableName(table, '__rejected');
}

/** Columns of rejected rows: the time and run of the reading, their key, the reason, and their JSON as text. */
export const REJECTED_COLUMNS = ['hdr__run_id', 'hdr__read_at', 'hdr__key', 'hdr__column', 'hdr__reason', 'hdr__row'] as const;

/** A query for REJECTED_COLUMNS over the stage. The time is a TIMESTAMPTZ, the others are text. */
export function selectRejected({ key }: DatasetPlan, runId: string): string {
  const keyText = key.length === 0 ? 'NULL' : `nullif(concat_ws(' / ', ${key.map(keySql).join(', ')}), '')`;
  return `SELECT ${sqlText(runId)} AS hdr__run_id, read_at AS hdr__read_at, CAST(${keyText} AS VARCHAR) AS hdr__key,
    "column" AS hdr__column, reason AS hdr__reason, "row" AS hdr__row FROM rejected ORDER BY hdr__key, hdr__row`;
}

/** The note of a publish about rejected rows. */
export function rejectedNote({ count }: RejectedRows, where: string): string {
  return `${formatCounted(count, 'row')} could not be stored and ${count === 1 ? 'is' : 'are'} in ${where}; landed rows with the same key were not changed.`;
}
