import type { LakeSettings, LandingSettings, PublishMode } from '#lib/domain/task/task.ts';

/** Labels of settings, in the order in which a person chooses them. */
export const WHEN_EXISTS_LABEL = {
  'drop-and-create': 'Drop and create',
  truncate: 'Truncate before loading',
  append: 'Append',
} satisfies Record<LandingSettings['whenTableExists'], string>;

export const PUBLISH_LABEL = {
  each: 'Each dataset when it has been read',
  together: 'All datasets of a run at once',
} satisfies Record<PublishMode, string>;

export const FORMAT_LABEL = {
  parquet: 'Parquet',
  csv: 'CSV',
  jsonl: 'JSON lines',
} satisfies Record<LakeSettings['format'], string>;

export const TABLES_LABEL = {
  files: 'Files only',
  delta: 'Delta Lake',
  iceberg: 'Apache Iceberg',
  'delta-and-iceberg': 'Delta Lake and Apache Iceberg',
} satisfies Record<LakeSettings['tables'], string>;
