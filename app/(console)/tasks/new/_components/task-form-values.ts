import type { DatasetSummaryDto } from '#lib/domain/dataset/dataset.ts';
import type { Problem } from '#lib/domain/problem.ts';
import type { TargetCapabilities, TargetDto } from '#lib/domain/target/target.ts';
import { FOLDER_OF_TASK } from '#lib/domain/task/lake-folder.ts';
import { NamesSettings, tableNameOf } from '#lib/domain/task/landing-names.ts';
import {
  CreateTaskInput,
  type CsvSettings,
  namespaceOf,
  type OpenTables,
  type TaskDto,
  type UnreadableRows,
} from '#lib/domain/task/task.ts';
import { METHOD_COMPARES, METHOD_WRITES, type UpdateMethod } from '#lib/domain/task/update-method.ts';
import { FIRST_LANDING_VALUES, type LandingValues, landingValuesOf, namesOf } from './landing-values.ts';

/** The form's input: numbers are text, and the settings of every method are present at once. */
export interface TaskFormValues extends LandingValues {
  readonly name: string;
  readonly connectionId: string;
  readonly datasetIds: readonly string[];
  readonly targetId: string;
  readonly method: UpdateMethod;
  /** Schema of a method that writes tables. */
  readonly namespace: string;
  /** Folder of a method that writes files. */
  readonly folderChoice: 'task' | 'root' | 'custom';
  /** With `custom`. */
  readonly folder: string;
  readonly whenTableExists: 'drop-and-create' | 'truncate' | 'append';
  readonly history: boolean;
  /** Percent, 0..100. */
  readonly deleteShare: string;
  readonly incremental: boolean;
  readonly fullCompareDays: string;
  readonly format: 'parquet' | 'csv' | 'jsonl';
  readonly versionsKept: string;
  /** Days; empty: no age limit. */
  readonly versionDaysKept: string;
  readonly compression: 'none' | 'gzip' | 'zstd';
  readonly delimiter: CsvSettings['delimiter'];
  readonly quote: CsvSettings['quote'];
  readonly nullText: string;
  readonly header: boolean;
  readonly bom: boolean;
  readonly formulaGuard: boolean;
  readonly tables: OpenTables;
  readonly dfm: boolean;
  readonly fileMebibytes: string;
  readonly unreadableRows: UnreadableRows;
  /** Minutes. */
  readonly gatewayWait: string;
  readonly lookbackHours: string;
  /** Days; empty: all that Graph has. */
  readonly firstDays: string;
  /** Days; empty: events are kept. */
  readonly retentionDays: string;
}

export type TaskFormField = keyof TaskFormValues;
export type TaskFormErrors = Partial<Record<TaskFormField, string>>;

export type CheckedTask =
  | { readonly ok: true; readonly input: CreateTaskInput }
  | { readonly ok: false; readonly errors: TaskFormErrors };

/** Method after a change of target: the present one if supported, else the target's default. */
export function methodFor(methods: readonly UpdateMethod[], present: UpdateMethod): UpdateMethod {
  return methods.includes(present) ? present : (methods[0] ?? present);
}

/** The input of `createTask`, or one message for each invalid field. */
export function checkTask(values: TaskFormValues): CheckedTask {
  const parsed = CreateTaskInput.safeParse(rawInput(values));
  if (parsed.success) return { ok: true, input: parsed.data };
  const errors: TaskFormErrors = {};
  for (const issue of parsed.error.issues) {
    const field = fieldOfPath(issue.path.map(String)) ?? 'name';
    errors[field] ??= messageFor(field, issue.message);
  }
  return { ok: false, errors };
}

/** The form field of a problem from the server; null: none. */
export function fieldOfProblem(problem: Problem): TaskFormField | null {
  return problem.field === undefined ? null : fieldOfPath(problem.field.split('.'));
}

/** Update methods of the chosen target; none before one is chosen. */
export function methodsOf(targets: readonly TargetDto[], targetId: string): readonly UpdateMethod[] {
  return targets.find((target) => target.id === targetId)?.methods ?? [];
}

/** Whether the chosen method and target can keep rows that are gone from the source. */
export function canSoftDelete(targets: readonly TargetDto[], { targetId, method }: TaskFormValues): boolean {
  return method === 'reload-and-compare' && targets.some(({ id, capabilities }) => id === targetId && capabilities.softDelete);
}

/** What the chosen target can do for the datasets of a run as a whole; null: none is chosen. */
export function capabilitiesOf(targets: readonly TargetDto[], { targetId }: TaskFormValues): TargetCapabilities | null {
  return targets.find(({ id }) => id === targetId)?.capabilities ?? null;
}

/** Whether each run makes the tables or files of a collection anew, as `recreatesTables` says of a task. */
export function willRecreateTables({ method, whenTableExists }: TaskFormValues): boolean {
  return method === 'reload' || (method === 'full-load' && whenTableExists === 'drop-and-create');
}

/** Table of a chosen dataset, for an example of a path. */
export function exampleDataset(datasets: readonly DatasetSummaryDto[], values: TaskFormValues): string {
  const name = datasets.find(({ id }) => values.datasetIds.includes(id))?.name ?? 'users';
  const names = NamesSettings.safeParse(namesOf(values));
  return names.success ? tableNameOf(name, names.data) : name;
}

/** Input of an existing task. */
export function valuesOf({ name, connectionId, datasets, target, gatewayWaitMinutes }: TaskDto): TaskFormValues {
  const { method, targetId, settings } = target;
  const common = {
    name,
    connectionId,
    datasetIds: datasets.map(({ id }) => id),
    targetId,
    method,
    namespace: namespaceOf(target),
    ...folderValues('folder' in settings ? settings.folder : FOLDER_OF_TASK),
    gatewayWait: String(gatewayWaitMinutes),
    ...landingValuesOf(target),
  };
  const { unreadableRows } = settings;
  const events = eventValues(settings);
  if ('folder' in settings) {
    const { format, compression, csv, tables, dfm, fileMebibytes, versionsKept, versionDaysKept } = settings;
    const { delimiter, quote, nullText, header, bom, formulaGuard } = csv;
    return {
      ...{ ...FIRST_SETTINGS, ...common, ...events, unreadableRows, format, compression, tables, dfm },
      ...{ delimiter, quote, nullText, header, bom, formulaGuard },
      fileMebibytes: String(fileMebibytes),
      versionsKept: String(versionsKept),
      versionDaysKept: versionDaysKept === null ? '' : String(versionDaysKept),
      ...('deleteShareMax' in settings ? { deleteShare: String(Math.round(settings.deleteShareMax * 100)) } : {}),
    };
  }
  return {
    ...FIRST_SETTINGS,
    ...common,
    ...events,
    unreadableRows,
    whenTableExists: settings.whenTableExists,
    history: settings.history,
    deleteShare: String(Math.round(settings.deleteShareMax * 100)),
    incremental: settings.incremental,
    fullCompareDays: String(settings.fullCompareDays),
  };
}

function folderValues(folder: string): Pick<TaskFormValues, 'folderChoice' | 'folder'> {
  const folderChoice = folder === FOLDER_OF_TASK ? 'task' : folder === '' ? 'root' : 'custom';
  return { folderChoice, folder };
}

/** The folder as it is saved. */
export function folderOf({ folderChoice, folder }: Pick<TaskFormValues, 'folderChoice' | 'folder'>): string {
  return { task: FOLDER_OF_TASK, root: '', custom: folder.trim() }[folderChoice];
}

function eventValues({ events: { lookbackHours, firstDays, retentionDays } }: TaskDto['target']['settings']) {
  const typed = (days: number | null): string => (days === null ? '' : String(days));
  return { lookbackHours: String(lookbackHours), firstDays: typed(firstDays), retentionDays: typed(retentionDays) };
}

/** Default settings of every method for a new task. */
export const FIRST_SETTINGS = {
  ...FIRST_LANDING_VALUES,
  folderChoice: 'task',
  folder: FOLDER_OF_TASK,
  whenTableExists: 'drop-and-create',
  history: false,
  deleteShare: '50',
  incremental: true,
  fullCompareDays: '7',
  format: 'parquet',
  versionsKept: '3',
  versionDaysKept: '',
  compression: 'none',
  delimiter: ',',
  quote: '"',
  nullText: '',
  header: true,
  bom: false,
  formulaGuard: false,
  tables: 'files',
  dfm: false,
  fileMebibytes: '256',
  unreadableRows: 'stop',
  gatewayWait: '60',
  lookbackHours: '2',
  firstDays: '',
  retentionDays: '',
} as const satisfies Partial<TaskFormValues>;

function rawInput(values: TaskFormValues): unknown {
  const { name, connectionId, datasetIds, targetId, method, namespace, unreadableRows, publish } = values;
  const events = {
    lookbackHours: wholeNumber(values.lookbackHours),
    firstDays: wholeNumberOrNull(values.firstDays),
    retentionDays: wholeNumberOrNull(values.retentionDays),
  };
  const shared = {
    unreadableRows,
    publish,
    relationKeys: values.relationKeys,
    relationshipViews: values.relationshipViews,
    events,
    names: namesOf(values),
    drift: values.drift,
  };
  const settings =
    METHOD_WRITES[method] === 'files'
      ? {
          folder: folderOf(values),
          ...shared,
          ...(METHOD_COMPARES[method] ? comparedLakeSettings(values) : lakeSettings(values)),
        }
      : {
          schema: namespace,
          whenTableExists: values.whenTableExists,
          history: values.history,
          softDelete: method === 'reload-and-compare' && values.softDelete,
          deleteShareMax: wholeNumber(values.deleteShare) / 100,
          incremental: values.incremental,
          ...shared,
          // Not shown, so not validated.
          ...(values.incremental ? { fullCompareDays: wholeNumber(values.fullCompareDays) } : {}),
        };
  const gatewayWaitMinutes = wholeNumber(values.gatewayWait);
  return { name, connectionId, datasetIds: [...datasetIds], gatewayWaitMinutes, target: { method, targetId, settings } };
}

/** What belongs to another format is left at its default. */
function lakeSettings(values: TaskFormValues) {
  const { format, compression, delimiter, quote, nullText, header, bom, formulaGuard, tables, dfm, versionDaysKept } = values;
  const text = format === 'parquet' ? {} : { compression };
  const csv =
    format === 'csv' ? { csv: { delimiter, quote, nullText, header, formulaGuard, bom: bom && compression === 'none' } } : {};
  return {
    ...{ format, dfm, ...text, ...csv, ...(format === 'parquet' ? { tables } : {}) },
    fileMebibytes: wholeNumber(values.fileMebibytes),
    versionsKept: wholeNumber(values.versionsKept),
    versionDaysKept: versionDaysKept.trim() === '' ? null : wholeNumber(versionDaysKept),
  };
}

function comparedLakeSettings(values: TaskFormValues): object {
  const { format: _format, dfm: _dfm, ...settings } = lakeSettings({ ...values, format: 'parquet' });
  return { ...settings, tables: comparedTables(values.tables), deleteShareMax: wholeNumber(values.deleteShare) / 100 };
}

/** A reload that compares needs a table. */
export function comparedTables(tables: OpenTables): Exclude<OpenTables, 'files'> {
  return tables === 'files' ? 'delta' : tables;
}

/** NaN for anything that isn't digits alone: `Number('')` would be 0. */
function wholeNumber(text: string): number {
  return /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
}

function wholeNumberOrNull(text: string): number | null {
  return text.trim() === '' ? null : wholeNumber(text);
}

const FIELD_OF_SEGMENT: Readonly<Record<string, TaskFormField>> = {
  columns: 'columnNames',
  tablePrefix: 'tablePrefix',
  softDelete: 'softDelete',
  publish: 'publish',
  relationKeys: 'relationKeys',
  relationshipViews: 'relationshipViews',
  renames: 'renames',
  drift: 'drift',
  names: 'renames',
  name: 'name',
  connectionId: 'connectionId',
  datasetIds: 'datasetIds',
  targetId: 'targetId',
  method: 'method',
  schema: 'namespace',
  folder: 'folder',
  namespace: 'namespace',
  whenTableExists: 'whenTableExists',
  history: 'history',
  deleteShareMax: 'deleteShare',
  incremental: 'incremental',
  fullCompareDays: 'fullCompareDays',
  format: 'format',
  versionsKept: 'versionsKept',
  versionDaysKept: 'versionDaysKept',
  compression: 'compression',
  delimiter: 'delimiter',
  nullText: 'nullText',
  fileMebibytes: 'fileMebibytes',
  bom: 'bom',
  tables: 'tables',
  unreadableRows: 'unreadableRows',
  gatewayWaitMinutes: 'gatewayWait',
  lookbackHours: 'lookbackHours',
  firstDays: 'firstDays',
  retentionDays: 'retentionDays',
};

function fieldOfPath(path: readonly string[]): TaskFormField | null {
  for (const segment of path.toReversed()) {
    const field = FIELD_OF_SEGMENT[segment];
    if (field !== undefined) return field;
  }
  return null;
}

/** zod's messages about numbers and ids are written for programmers. */
function messageFor(field: TaskFormField, message: string): string {
  if (field === 'renames' && /^(Invalid|Too small|Too big)/.test(message))
    return 'Write one rule per line: users = people, or users.mail = email.';
  if (field === 'deleteShare') return 'Enter a whole number from 0 to 100.';
  if (field === 'fullCompareDays') return 'Enter a whole number of days from 1 to 90.';
  if (field === 'versionsKept') return 'Enter a whole number from 0 to 1000.';
  if (field === 'gatewayWait') return 'Enter a whole number of minutes from 0 to 10080.';
  if (field === 'lookbackHours') return 'Enter a whole number of hours from 0 to 720.';
  if (field === 'firstDays') return 'Enter a whole number of days from 1 to 400, or nothing.';
  if (field === 'retentionDays') return 'Enter a whole number of days from 1 to 36500, or nothing.';
  if (field === 'fileMebibytes') return 'Enter a whole number from 16 to 4096.';
  if (field === 'versionDaysKept') return 'Enter a whole number of days, or nothing.';
  if (field === 'connectionId') return 'Choose a connection.';
  if (field === 'targetId') return 'Choose a target.';
  return message;
}
