import type { RecordedColumn } from '#lib/reload/engine/drift/landed-table.ts';
import type { Published } from '#lib/reload/engine/sink.ts';
import type { LandedState } from '#lib/targets/landed-state.ts';

/** What the database keeps of a publish, in the transaction that shows its rows. */
export interface PublishRecord {
  readonly runId: string;
  readonly published: Published;
  /** Null when the next run cannot continue with changes alone. */
  readonly landed: LandedState | null;
  /** Columns in the row hashes, where there are any. */
  readonly coverage?: string;
  /** Of the table after the publish: see `recordOf`. */
  readonly columns: readonly RecordedColumn[];
}

/** Days that the record of a published run is kept: longer than any job is retried, and than a delta token is valid. */
export const RECORD_DAYS = 30;

/** The JSON of the record's column `counts`. */
export function countsJson({ published, columns, coverage }: PublishRecord): string {
  return JSON.stringify({ ...published, columns, ...(coverage === undefined ? {} : { coverage }) });
}
