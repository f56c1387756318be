import { type Manifest, pathOf } from '../versions.ts';
import type { ColumnStats } from './column-stats.ts';

/** A Parquet file of a table. */
export interface TableFile {
  /** Below the folder of the dataset. */
  readonly path: string;
  readonly rows: number;
  readonly bytes: number;
  readonly stats: Readonly<Record<string, ColumnStats>>;
}

/** The next state of a table: its commit takes out what is not named here, and adds what is new. */
export interface NextSnapshot {
  /** Names the state; that of no other one. */
  readonly version: string;
  readonly runId: string;
  readonly columns: readonly Pick<Manifest['columns'][number], 'name' | 'type'>[];
  readonly files: readonly TableFile[];
  /** Older states that stay: their snapshots may be read, others are taken out. */
  readonly kept: readonly string[];
  readonly now: Date;
}

/** The state that a version is. */
export function snapshotOf(version: string, manifest: Manifest, { kept, now }: Pick<NextSnapshot, 'kept' | 'now'>): NextSnapshot {
  const files = manifest.files.map((file) => ({
    path: pathOf(version, file),
    ...{ rows: file.rows, bytes: file.bytes, stats: file.stats ?? {} },
  }));
  return { version, runId: manifest.runId, columns: manifest.columns, files, kept, now };
}
