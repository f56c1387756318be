import { z } from 'zod';
import type { GatewayRef } from '#lib/domain/gateway/gateway.ts';
import { idSchema } from '#lib/domain/id.ts';
import type { RunSummaryDto } from '#lib/domain/run/run.ts';
import type { TaskRunPoint } from '#lib/domain/run/task-series.ts';
import type { ScheduleSummaryDto } from '#lib/domain/schedule/schedule.ts';
import { DriftSettings } from './drift-settings.ts';
import { EventSettings } from './event-settings.ts';
import { FOLDER_OF_TASK, type FolderNames, isDatedFolder, LakeFolder, resolveFolder } from './lake-folder.ts';
import { NamesSettings, tableNameOf } from './landing-names.ts';
import { METHOD_WRITES, type UpdateMethod } from './update-method.ts';

/** Name of a schema in the landing database. */
export const SchemaName = z
  .string()
  .trim()
  .regex(
    /^[a-z][a-z0-9_]{0,47}$/,
    'Use lower-case letters, digits and _ for a schema name, and start with a letter (48 characters at most).',
  )
  .refine((name) => !name.startsWith('pg_') && name !== 'information_schema' && !name.startsWith('entrada'), {
    message: 'This schema name is reserved. Choose another.',
  });

/**
 * Schemas that are not for landed tables: PostgreSQL's default, which holds the application's own tables when both share a database, and
 * the queue's. A new task may not name them; a task of an earlier version may, and writes only to tables with Entrada's columns.
 */
export const RESERVED_SCHEMAS: ReadonlySet<string> = new Set(['public', 'pgboss']);

/** What happens to rows that cannot be stored (a value of another type, a repeated property): the dataset stops, or they are set aside. */
export const UnreadableRows = z.enum(['stop', 'set-aside']);
export type UnreadableRows = z.infer<typeof UnreadableRows>;

/**
 * When the datasets of a run become visible: each when it has been read, or all of them at the end of the run. With `together` nothing of a
 * run is published when one of its datasets fails.
 */
export const PublishMode = z.enum(['each', 'together']);
export type PublishMode = z.infer<typeof PublishMode>;

/** How tables of relationships and nested collections name the tables that they belong to: not at all, in comments, or by foreign keys too. */
export const RelationKeys = z.enum(['none', 'comments', 'foreign-keys']);
export type RelationKeys = z.infer<typeof RelationKeys>;

/** Reload and compare: stop and ask when more than this fraction (0..1) of the rows would be deleted. */
const DeleteShareMax = z.number().min(0).max(1).default(0.5);

export const LandingSettings = z.object({
  schema: SchemaName,
  /** Full load: what to do when the table exists. */
  whenTableExists: z.enum(['drop-and-create', 'truncate', 'append']).default('drop-and-create'),
  /** Reload and compare: keep a type 2 history in `<dataset>__history`. */
  history: z.boolean().default(false),
  /** Reload and compare: a row that is gone from the source stays, with the time in `hdr__deleted_at`. */
  softDelete: z.boolean().default(false),
  deleteShareMax: DeleteShareMax,
  /** Reload and compare: read only the changes since the last run, where delta query supports it. */
  incremental: z.boolean().default(true),
  /** With `incremental`: days after which everything is read and compared again, to prove the changes that delta query reported. */
  fullCompareDays: z.number().int().min(1).max(90).default(7),
  /** With `set-aside` they are written to `<dataset>__rejected`. */
  unreadableRows: UnreadableRows.default('stop'),
  publish: PublishMode.default('each'),
  relationKeys: RelationKeys.default('none'),
  /** A view `<dataset>__view` of each relationship, with the names of its parents and objects. */
  relationshipViews: z.boolean().default(false),
  events: EventSettings.prefault({}),
  names: NamesSettings.prefault({}),
  drift: DriftSettings.prefault({}),
});
export type LandingSettings = z.infer<typeof LandingSettings>;

/** How CSV is written (RFC 4180). */
export const CsvSettings = z.object({
  delimiter: z.enum([',', ';', '\t', '|']).default(','),
  quote: z.enum(['"', "'"]).default('"'),
  /** Text for null; a value with the same text is quoted. */
  nullText: z
    .string()
    .max(16)
    .regex(/^[A-Za-z0-9_\\-]*$/, 'Letters, digits, _, - and \\.')
    .default(''),
  header: z.boolean().default(true),
  /** Whether files start with a byte order mark, by which Excel recognises UTF-8. */
  bom: z.boolean().default(false),
  /** Whether texts that a spreadsheet would interpret as a formula start with an apostrophe. */
  formulaGuard: z.boolean().default(false),
});
export type CsvSettings = z.infer<typeof CsvSettings>;

/** Table formats over the Parquet files of a dataset, in addition to the files. */
export const OpenTables = z.enum(['files', 'delta', 'iceberg', 'delta-and-iceberg']);
export type OpenTables = z.infer<typeof OpenTables>;

const LakeFields = z.object({
  /** As chosen. Where the task writes is its namespace, so that a later name of the task or the connection moves nothing. */
  folder: LakeFolder.default(FOLDER_OF_TASK),
  format: z.enum(['parquet', 'csv', 'jsonl']).default('parquet'),
  /** Compression of CSV and JSON lines; Parquet always uses zstd. */
  compression: z.enum(['none', 'gzip', 'zstd']).default('none'),
  csv: CsvSettings.prefault({}),
  /** Approximate largest size of a file, MiB, measured on its rows as Parquet. */
  fileMebibytes: z.number().int().min(16).max(4096).default(256),
  tables: OpenTables.default('files'),
  /** Whether to write a metadata file in Qlik's format beside each file. */
  dfm: z.boolean().default(false),
  /** Number of older versions of a dataset that are kept beside the latest. */
  versionsKept: z.number().int().min(0).max(1000).default(3),
  /** Age in days after which kept older versions are removed; null: no age limit. */
  versionDaysKept: z.number().int().min(1).max(36_500).nullable().default(null),
  /** With `set-aside` they are written to the folder `<dataset>__rejected` of the version. */
  unreadableRows: UnreadableRows.default('stop'),
  publish: PublishMode.default('each'),
  events: EventSettings.prefault({}),
  names: NamesSettings.prefault({}),
  drift: DriftSettings.prefault({}),
});

const DATED_TABLE =
  'A Delta Lake or Iceberg table needs one folder for all days; it keeps older snapshots itself. Remove {date}, or choose only files.';

export const LakeSettings = LakeFields.superRefine((settings, context) => {
  if (settings.tables !== 'files' && settings.format !== 'parquet')
    context.addIssue({
      code: 'custom',
      path: ['tables'],
      message: 'Delta Lake and Iceberg tables need the file format Parquet.',
    });
  if (settings.tables !== 'files' && isDatedFolder(settings.folder))
    context.addIssue({ code: 'custom', path: ['folder'], message: DATED_TABLE });
  if (settings.csv.bom && settings.compression !== 'none')
    context.addIssue({
      code: 'custom',
      path: ['csv', 'bom'],
      message: 'A compressed file cannot have a byte order mark. Choose one of the two.',
    });
});
export type LakeSettings = z.infer<typeof LakeSettings>;

/** Reload and compare into a lake: its state is an open table, of which the parts that changed are written again. */
export const LakeCompareSettings = LakeFields.extend({
  format: z.literal('parquet').default('parquet'),
  tables: OpenTables.exclude(['files']).default('delta'),
  deleteShareMax: DeleteShareMax,
}).superRefine((settings, context) => {
  if (isDatedFolder(settings.folder)) context.addIssue({ code: 'custom', path: ['folder'], message: DATED_TABLE });
});
export type LakeCompareSettings = z.infer<typeof LakeCompareSettings>;

/** Where and how a task writes. */
export const TaskTarget = z.discriminatedUnion('method', [
  z.object({ method: z.literal('reload-and-compare'), targetId: idSchema('targ'), settings: LandingSettings }),
  z.object({ method: z.literal('full-load'), targetId: idSchema('targ'), settings: LandingSettings }),
  z.object({ method: z.literal('reload'), targetId: idSchema('targ'), settings: LakeSettings }),
  z.object({ method: z.literal('reload-and-compare-files'), targetId: idSchema('targ'), settings: LakeCompareSettings }),
]);
export type TaskTarget = z.infer<typeof TaskTarget>;

type FilesTarget = Extract<TaskTarget, { settings: { folder: string } }>;

/** Whether the task writes files in a folder, and not tables in a schema. */
export function writesFiles(target: TaskTarget): target is FilesTarget {
  return METHOD_WRITES[target.method] === 'files';
}

/** The schema or folder of the tables or files of the task, within its target. */
export function namespaceOf(target: TaskTarget): string {
  return writesFiles(target) ? target.settings.folder : target.settings.schema;
}

/** The target with the names of connection and task in its folder. */
export function withFolderNames(target: TaskTarget, names: FolderNames): TaskTarget {
  return writesFiles(target) ? withNamespace(target, resolveFolder(target.settings.folder, names)) : target;
}

/** Days after which an incremental task reads everything again; null where the task always reads everything. */
export function fullReadEveryDays(target: TaskTarget): number | null {
  if (target.method !== 'reload-and-compare' || !target.settings.incremental) return null;
  return target.settings.fullCompareDays;
}

export const TaskName = z.string().trim().min(1, 'Give the task a name.').max(120, 'A task name has at most 120 characters.');

const DatasetIds = z.array(idSchema('ds')).min(1, 'Choose at least one dataset.').max(500);

/** A target that a person chooses. Stricter than a stored one, which may name a reserved schema. */
const ChosenTarget = TaskTarget.superRefine((target, context) => {
  if (writesFiles(target) || !RESERVED_SCHEMAS.has(target.settings.schema)) return;
  context.addIssue({
    code: 'custom',
    path: ['settings', 'schema'],
    message: `The schema ${target.settings.schema} is reserved. Choose another schema. Entrada creates it if it does not exist.`,
  });
});
/** How long a run waits for a disconnected data gateway before it fails, minutes: up to a week. */
export const GatewayWaitMinutes = z
  .number()
  .int()
  .min(0, 'Enter a whole number of minutes from 0 to 10080.')
  .max(10_080, 'Enter a whole number of minutes from 0 to 10080.');

export const CreateTaskInput = z.object({
  name: TaskName,
  connectionId: idSchema('conn'),
  datasetIds: DatasetIds,
  gatewayWaitMinutes: GatewayWaitMinutes.default(60),
  target: ChosenTarget,
});
export type CreateTaskInput = z.infer<typeof CreateTaskInput>;

/** Members that are absent stay unchanged. */
export const UpdateTaskInput = z.object({
  taskId: idSchema('task'),
  /** The version that the edit is based on. */
  version: z.number().int().min(1),
  name: TaskName.optional(),
  datasetIds: DatasetIds.optional(),
  gatewayWaitMinutes: GatewayWaitMinutes.optional(),
  target: TaskTarget.optional(),
  /** Drops the landed tables or files of the task and starts from nothing: the only way to another update method in the same namespace. */
  recreate: z.boolean().default(false),
});
export type UpdateTaskInput = z.input<typeof UpdateTaskInput>;

/** Whether rows that are gone from the source stay in the target. */
export function keepsDeletedRows(target: TaskTarget): boolean {
  return target.method === 'reload-and-compare' && target.settings.softDelete;
}

/** Whether each run makes the tables or files of a collection anew, with the columns of that run. Events are added all the same. */
export function recreatesTables(target: TaskTarget): boolean {
  return target.method === 'reload' || (target.method === 'full-load' && target.settings.whenTableExists === 'drop-and-create');
}

/** Names of the tables or folders of these datasets. */
export function tableNamesOf(datasets: readonly string[], target: TaskTarget): string[] {
  return datasets.map((dataset) => tableNameOf(dataset, target.settings.names));
}

/** Whether two settings write to the same schema or folder. */
export function isSamePlace(one: TaskTarget, other: TaskTarget): boolean {
  return one.targetId === other.targetId && namespaceOf(one) === namespaceOf(other);
}

/** The same settings for another schema or folder. */
export function withNamespace(target: TaskTarget, namespace: string): TaskTarget {
  if (target.method === 'reload') return { ...target, settings: { ...target.settings, folder: namespace } };
  if (writesFiles(target)) return { ...target, settings: { ...target.settings, folder: namespace } };
  return { ...target, settings: { ...target.settings, schema: namespace } };
}

export interface TaskSummaryDto {
  readonly id: string;
  readonly name: string;
  readonly connectionId: string;
  readonly connectionName: string;
  readonly targetName: string;
  readonly targetKind: string;
  readonly method: UpdateMethod;
  /** Schema or folder. */
  readonly namespace: string;
  readonly datasetNames: readonly string[];
  readonly lastRun: RunSummaryDto | null;
  /** Its last RECENT_RUNS ended runs, the oldest first. */
  readonly recentRuns: readonly TaskRunPoint[];
  readonly createdAt: string;
  /** Increases with every edit. */
  readonly version: number;
  /** Since when the task is paused; null when it is not. */
  readonly pausedAt: string | null;
  /** Null when it has no schedule. */
  readonly schedule: ScheduleSummaryDto | null;
}

export interface TaskDto extends TaskSummaryDto {
  /** The gateway of the connection; null: the server reads. */
  readonly gateway: GatewayRef | null;
  readonly gatewayWaitMinutes: number;
  readonly target: TaskTarget;
  readonly datasets: readonly TaskDatasetDto[];
  /** Tables or files of its earlier update method could not be dropped yet: the task does not start before. */
  readonly awaitsDrop: boolean;
}

export interface TaskDatasetDto {
  readonly id: string;
  readonly name: string;
  readonly title: string;
  /** Whether a run has published it into the present namespace. */
  readonly landed: boolean;
  /** Whether the last run that read it failed or could not prove that it was complete. */
  readonly failed: boolean;
}

/** A schema or folder name derived from a display name: `Contoso users` -> `contoso_users`. */
export function suggestNamespace(name: string): string {
  const slug = name
    .normalize('NFKD')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '_')
    .replace(/^_+|_+$/g, '')
    .slice(0, 40);
  return /^[a-z]/.test(slug) && !slug.startsWith('pg_') && !slug.startsWith('entrada') ? slug : `t_${slug}`.replace(/_+$/, '');
}
