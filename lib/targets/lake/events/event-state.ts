import { z } from 'zod';
import { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { CsvSettings } from '#lib/domain/task/task.ts';
import { RecordedColumn } from '#lib/reload/engine/drift/landed-table.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import { ColumnStats } from '#lib/targets/lake/open-tables/column-stats.ts';

/**
 * Names the files of the dataset, and how far events were read. Replaced atomically, so that readers see all files of a run or none. The name starts
 * with an underscore, like those of the manifests, since Hive and Spark ignore such names.
 */
export const EVENT_STATE = '_events.json';
/** Folder of the manifests, one per run. */
export const EVENT_MANIFESTS = '_manifests';
/** Partition of events without a time, in Hive's notation. */
export const NO_DAY = '__HIVE_DEFAULT_PARTITION__';

const EventColumns = z.array(z.object({ name: z.string(), type: ColumnType }));

export const EventFile = z.object({
  /** Path below the folder of the dataset: `date=2026-11-28/run_….parquet`. */
  name: z.string(),
  /** UTC day of its events. */
  date: z.string(),
  format: z.enum(['parquet', 'csv', 'jsonl']),
  compression: z.enum(['none', 'gzip', 'zstd']).default('none'),
  /** How a CSV file is written. */
  csv: CsvSettings.optional(),
  /** Index of its columns in `schemas`. */
  schema: z.number().int(),
  rows: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  /** By column; only where open tables need them. */
  stats: z.record(z.string(), ColumnStats).optional(),
});
export type EventFile = z.infer<typeof EventFile>;

const Cursor = z.object({
  readAt: z.string(),
  newest: z.string().nullable(),
  filter: z.string().nullable(),
  sourceKey: z.string(),
  columns: z.array(z.string()),
});

export const EventState = z.object({
  formatVersion: z.literal(1),
  dataset: z.string(),
  /** The run that wrote it and its result, which is returned when the run is repeated. */
  runId: z.string(),
  updatedAt: z.string(),
  published: z.looseObject({
    inserted: z.number(),
    updated: z.number(),
    deleted: z.number(),
    unchanged: z.number(),
    notes: z.array(z.string()),
  }),
  cursor: Cursor.nullable(),
  schemas: z.array(EventColumns),
  /** Properties of the columns, by which a later run recognises them. Missing in states of earlier versions. */
  columns: z.array(RecordedColumn).optional(),
  files: z.array(EventFile),
  /** The snapshot that open tables have of this state, and the one before with what only its files are: it may be read until the next run. */
  tables: z
    .object({ version: z.string(), before: z.object({ version: z.string(), files: z.array(z.string()) }).nullable() })
    .optional(),
});
export type EventState = z.infer<typeof EventState>;

/** Null before the first run. */
export async function readEventState(store: LakeStore): Promise<EventState | null> {
  const text = await store.get(EVENT_STATE);
  return text === null ? null : EventState.parse(JSON.parse(text));
}
