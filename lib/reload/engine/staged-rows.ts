import type { Column } from '#lib/domain/dataset/dataset.ts';

/** A Parquet file of staged rows. */
export interface StagedPart {
  /** Absolute path. Columns as in `StagedRows.columns`, nested values as Parquet's JSON. */
  readonly file: string;
  /** Rows of the file that count. */
  readonly rows: number;
  /** Every row of the file counts: none was superseded. */
  readonly complete: boolean;
}

export interface StagedParts {
  /** In the order in which the rows were read. */
  readonly parts: readonly StagedPart[];
  /** Rows outside of the parts: replayed rows of delta query. */
  readonly replayed: number;
}

/**
 * The rows that one dataset run has read, as a target gets them: they are queried with DuckDB's SQL, and never loaded into the memory of
 * Node. A target may use as many of these ways as it likes:
 *
 * - **Parquet files**: `parts()`. A part that is `complete` may be taken as it is, by hard link or copy; the file must not be changed.
 * - **A stream of CSV, JSON lines or Parquet**: `run("COPY (SELECT … FROM staged) TO 'file' (FORMAT csv)")` into a `scratchFile`, or
 *   `runApart` with `selectRows` for several files at once.
 * - **Queries** for keys, hashes and counts: `query` for small answers, `run` for statements. Temporary tables may be created; their names must
 *   not be those below.
 *
 * Relations that the SQL of `run` and `query` may read:
 *
 * | relation      | columns                          | rows                                                                       |
 * | ------------- | -------------------------------- | -------------------------------------------------------------------------- |
 * | `staged`      | `columns`, in their order        | all rows that count, each key once (types: `STAGE_TYPE` in parse/value-sql.ts) |
 * | `changed_ids` | `id VARCHAR`, may repeat         | ids that delta query reported (`PublishOptions.changes`)                    |
 * | `unproven`    | `id VARCHAR, reason, failed`     | parents of which rows may be missing (`PublishOptions.unproven`)            |
 * | `rejected`    | `keys JSON, "column", reason, "row", read_at TIMESTAMPTZ` | rows that were set aside (`PublishOptions.rejected`); `row` is JSON |
 *
 * A child table (items of a collection) is a dataset of its own with its own `StagedRows`. Columns that could not be read are in
 * `PublishOptions.unread`; `staged` may hold values of them in some rows, which must not be used.
 */
export interface StagedRows {
  /** All selected columns of the dataset. */
  readonly columns: readonly Column[];
  /** Rows that count. */
  readonly rows: number;
  parts(): Promise<StagedParts>;
  /** SQL of a query for the valid rows of some parts, by file, and with `replayed` for replayed rows. Columns as in `staged`. */
  selectRows(files: readonly string[], replayed: boolean): Promise<string>;
  /** SQL of a query for rows of parts that count no more, each as often as it was superseded. */
  selectSuperseded(): Promise<string>;
  /** Path for a file on the way to a target; it is deleted with the stage. The same name gives the same path. */
  scratchFile(name: string): string;
  /** Runs a statement; answers the number of rows changed. One at a time. */
  run(sql: string): Promise<number>;
  /** Runs a statement on a thread of its own, so that several can run at once. It sees `selectRows` and files, but none of the relations above. */
  runApart(sql: string): Promise<void>;
  /** All rows of a small answer as JSON values (integers beyond 32 bits as text). */
  query(sql: string): Promise<readonly (readonly unknown[])[]>;
}
