import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { versionFolder } from '#lib/domain/task/lake-folder.ts';
import type { LakeSettings } from '#lib/domain/task/task.ts';
import { recordOf } from '#lib/reload/engine/drift/landed-table.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { notReadOf, type Published, type PublishOptions, type StagedEvents } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlName, sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { toLakeError } from '#lib/targets/lake/lake-error.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import { columnStats } from '#lib/targets/lake/open-tables/column-stats.ts';
import { type OpenTables, openTablesOf } from '#lib/targets/lake/open-tables/open-tables.ts';
import { writeRejected } from '#lib/targets/lake/rejected-file.ts';
import { copyOptions, extensionOf, type FileFormat, hasOpenTables, lakeExpression, tableSql } from '#lib/targets/lake/types.ts';
import { LATEST_FILE, pathOf, readLatest, removeVersions } from '#lib/targets/lake/versions.ts';
import { oldEventsNote } from '#lib/targets/publish-notes.ts';
import { rejectedName, rejectedNote } from '#lib/targets/rejected-rows.ts';
import { EVENT_MANIFESTS, EVENT_STATE, type EventFile, type EventState, NO_DAY, readEventState } from './event-state.ts';
import { dayOf, type LandedColumns, landedEventsSql } from './landed-events.ts';
import { compareDay, type DayCounts, mergedSql } from './merge-day.ts';

interface Publishing {
  readonly store: LakeStore;
  readonly stage: StagedRows;
  readonly options: PublishOptions;
  readonly events: StagedEvents;
  readonly settings: FileFormat;
  /** Ids of the columns of the tables in the files; only for Iceberg. */
  readonly fieldIds?: ReadonlyMap<string, number>;
  /** Folder for copies of landed files. */
  readonly folder: string;
}

/** Files with landed events of one schema. */
interface LandedFiles extends LandedColumns {
  readonly files: readonly string[];
}

/** What a run changes in one day. */
interface DayChange extends DayCounts {
  readonly added: EventFile | null;
  /** Whether the day's existing files stay beside the new one. */
  readonly keepsFiles: boolean;
}

/** Result of the run, if it was the last one that published. */
export async function findPublishedEvents(store: LakeStore, runId: string): Promise<Published | null> {
  const state = await readEventState(store);
  return state?.runId === runId ? publishedOf(state) : null;
}

/** `_events.json` was written from this record. */
function publishedOf({ published }: EventState): Published {
  return published as Published;
}

/**
 * Adds staged events to the folders of their UTC days, `date=2026-11-28/`: each day with new events gets one file of this run. A day with
 * a changed landed event is rewritten. Nothing is visible before `_events.json` names the files.
 */
export async function publishEvents(
  store: LakeStore,
  stage: StagedRows,
  options: PublishOptions,
  { format, compression, csv, tables: kinds }: LakeSettings,
): Promise<Published> {
  const { events = null } = options;
  if (events === null) throw new TypeError('not a dataset of events');
  const before = await readEventState(store);
  if (before?.runId === options.runId) return publishedOf(before);
  const folder = await mkdtemp(join(tmpdir(), 'entrada-events-'));
  try {
    const settings = { format, compression, csv, tables: kinds };
    // Beside the last snapshot the one before may be read.
    const tables = openTablesOf({ ...settings, versionsKept: 1 }, { store, stage });
    const fieldIds = await tables.fieldIds(tableColumns(options.plan, before));
    return await publish({ store, stage, options, events, settings, folder, ...fieldIds }, { before, tables });
  } catch (error) {
    throw toLakeError(error, store.location);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

async function publish(
  publishing: Publishing,
  { before, tables }: { readonly before: EventState | null; readonly tables: OpenTables },
): Promise<Published> {
  const { store, stage, options, events, settings } = publishing;
  const { plan, runId, now } = options;
  const schemas = [...(before?.schemas ?? [])];
  const versions = before === null ? await findVersions(publishing) : null;
  const { files, added, ...counts } = await changeDays(publishing, { before, versions, schemas });
  const { kept, deleted } = withoutOld(files, events);
  const { rejected = null } = options;
  const manifest = `${EVENT_MANIFESTS}/${versionFolder(now, runId)}`;
  const written = await writeRejected(store, stage, manifest, options, settings);
  const published: Published = {
    ...{ ...counts, deleted: deleted + counts.deleted, unchanged: stage.rows - counts.inserted - counts.updated },
    notes: [
      ...(versions === null
        ? []
        : ['The rows of the last version were taken over into folders by day; versions and latest were removed.']),
      ...tables.notes(),
      ...(events.deleteBefore === null ? [] : oldEventsNote(deleted, events.deleteBefore)),
      ...(rejected === null ? [] : [rejectedNote(rejected, `${manifest}/${rejectedName(plan)}`)]),
    ],
    ...notReadOf(options),
  };
  const state: EventState = {
    ...{ formatVersion: 1, dataset: plan.table, runId, updatedAt: now.toISOString() },
    published: { ...published, notes: [...published.notes] },
    cursor: events.cursor === null ? (before?.cursor ?? null) : { ...events.cursor, columns: [...events.cursor.columns] },
    ...{ schemas, columns: recordedColumns(options, before) },
    files: kept.toSorted((a, b) => (a.name < b.name ? -1 : 1)),
  };
  const removed = (before?.files ?? []).filter(({ name }) => !kept.some((file) => file.name === name)).map(({ name }) => name);
  const said = {
    formatVersion: 1,
    runId,
    dataset: plan.table,
    createdAt: now.toISOString(),
    columns: plan.columns.map(({ name, type }) => ({ name, type })),
    added,
    removed,
  };
  await store.put(`${manifest}.json`, `${JSON.stringify({ ...said, ...counts, ...written }, null, 2)}\n`);
  options.signal.throwIfAborted();
  const shown = {
    ...state,
    ...(hasOpenTables(settings) ? { tables: await commitTables(publishing, state, { before, tables }) } : {}),
  };
  await store.put(EVENT_STATE, `${JSON.stringify(shown, null, 2)}\n`);
  const left = await removeStrays(store, [...kept, ...(hasOpenTables(settings) ? (before?.files ?? []) : [])], {
    versions: versions !== null,
    clean: () => tables.clean(),
  });
  return { ...published, notes: [...published.notes, ...left] };
}

interface ChangedDays extends Pick<Published, 'inserted' | 'updated' | 'deleted'> {
  /** All files after the run, those of old days included. */
  readonly files: readonly EventFile[];
  readonly added: readonly EventFile[];
}

/** Writes the files of each day with staged rows, and of those that have to be written anew. Adds new schemas to `schemas`. */
async function changeDays(
  publishing: Publishing,
  input: { readonly before: EventState | null; readonly versions: LandedFiles | null; readonly schemas: EventState['schemas'] },
): Promise<ChangedDays> {
  const { before, versions, schemas } = input;
  const { plan, signal } = publishing.options;
  let files = before?.files ?? [];
  const counts = { inserted: 0, updated: 0, deleted: 0 };
  const added: EventFile[] = [];
  const unfit = unfitDays(publishing, before);
  // Read whole, since Graph moves the time of a landed row.
  const whole = plan.events?.facts.from === null ? files.map(({ date }) => date) : [];
  for (const day of new Set([...(await daysOf(publishing, versions)), ...unfit, ...whole])) {
    signal.throwIfAborted();
    const landed = versions === null ? await landedOf(publishing, files, { day, schemas }) : [versions];
    const change = await changeDay(publishing, day, {
      ...{ landed, schemas, fromVersions: versions !== null, isUnfit: unfit.has(day) },
    });
    counts.inserted += change.inserted - change.moved;
    counts.updated += change.updated + change.moved;
    counts.deleted += change.deleted;
    if (!change.keepsFiles) files = files.filter(({ date }) => date !== day);
    if (change.added === null) continue;
    files = [...files, change.added];
    added.push(change.added);
  }
  return { files, added, ...counts };
}

function recordedColumns(options: PublishOptions, before: EventState | null): EventState['columns'] {
  const found = new Set((before?.schemas ?? []).flat().map(({ name }) => name));
  return [...recordOf(options, before?.columns ?? [], found)];
}

/** Makes a state the next snapshot of the tables. A run that dies after it is repeated with files of other names, which take the place of these. */
async function commitTables(
  { options: { plan, now, runId } }: Publishing,
  state: EventState,
  { before, tables }: { readonly before: EventState | null; readonly tables: OpenTables },
): Promise<NonNullable<EventState['tables']>> {
  const version = `${versionFolder(now, runId)}-${uniqueText()}`;
  const last = before?.tables?.version;
  await tables.commit({
    ...{ version, runId, now, columns: tableColumns(plan, state), kept: last === undefined ? [] : [last] },
    files: state.files.map(({ name, rows, bytes, stats }) => ({ path: name, rows, bytes, stats: stats ?? {} })),
  });
  const names = new Set(state.files.map(({ name }) => name));
  const gone = (before?.files ?? []).flatMap(({ name }) => (names.has(name) ? [] : [name]));
  return { version, before: last === undefined ? null : { version: last, files: gone } };
}

/** Columns of the tables: those of the run, and landed ones that it does not read. */
function tableColumns({ columns }: DatasetPlan, state: EventState | null): LandedColumns['columns'] {
  const live = new Set((state?.files ?? []).map(({ schema }) => schema));
  const landed = (state?.schemas ?? []).filter((_, index) => live.has(index)).flat();
  return [...columns, ...landed]
    .filter(({ name }, at, all) => all.findIndex((one) => one.name === name) === at)
    .map(({ name, type }) => ({ name, type }));
}

/** Days with a file that can't be in a table: it was written without one, or a column of it has another type by now. */
function unfitDays({ settings, options: { plan } }: Publishing, before: EventState | null): ReadonlySet<string> {
  if (!hasOpenTables(settings)) return new Set();
  const types = new Map(plan.columns.map(({ name, type }) => [name, type]));
  const isUnfit = ({ stats, schema }: EventFile): boolean =>
    stats === undefined || (before?.schemas[schema] ?? []).some(({ name, type }) => types.has(name) && types.get(name) !== type);
  return new Set((before?.files ?? []).filter(isUnfit).map(({ date }) => date));
}

function uniqueText(): string {
  return randomUUID().slice(0, 8);
}

/** Index of these columns among the schemas; adds them if they are new. */
function schemaOf(schemas: EventState['schemas'], columns: LandedColumns['columns']): number {
  const wanted = columns.map(({ name, type }) => ({ name, type }));
  const text = JSON.stringify(wanted);
  const found = schemas.findIndex((schema) => JSON.stringify(schema) === text);
  return found >= 0 ? found : schemas.push(wanted) - 1;
}

/** Rows of a task that wrote versions of this dataset before; null where there are none, or events without a time. */
async function findVersions({ store, events, folder, options }: Publishing): Promise<LandedFiles | null> {
  const latest = await readLatest(store);
  const isOfItems = (options.plan.events?.owner ?? []).length > 0;
  const hasTime = latest?.manifest.columns.some(({ name }) => name === events.timeColumn) ?? false;
  if (latest === null || (!hasTime && !isOfItems)) return null;
  const { manifest, version } = latest;
  const files: string[] = [];
  for (const file of manifest.files) files.push(await store.download(pathOf(version, file), folder));
  const { format, columns, compression, csv } = manifest;
  return { files, format, columns, compression, csv };
}

/** Days of staged events, and of versions that are converted. */
async function daysOf({ stage, events }: Publishing, versions: LandedFiles | null): Promise<readonly string[]> {
  const day = dayOf(events.timeColumn, NO_DAY);
  const others = versions === null ? '' : `UNION SELECT ${day} FROM (${landedSql(versions, events)})`;
  const rows = await stage.query(`SELECT day FROM (SELECT ${day} AS day FROM staged ${others}) GROUP BY day ORDER BY day`);
  return rows.map(([text]) => String(text));
}

/** Copies of the day's files, by schema and format. */
async function landedOf(
  { store, folder }: Publishing,
  files: readonly EventFile[],
  { day, schemas }: { readonly day: string; readonly schemas: EventState['schemas'] },
): Promise<readonly LandedFiles[]> {
  const groups = new Map<string, LandedColumns & { files: string[] }>();
  for (const { name, date, format, compression, csv, schema } of files) {
    if (date !== day) continue;
    const key = JSON.stringify([format, compression, csv, schema]);
    const group = groups.get(key) ?? { files: [], format, compression, csv, columns: schemas[schema] ?? [] };
    group.files.push(await store.download(name, folder));
    groups.set(key, group);
  }
  return [...groups.values()];
}

interface DayInput {
  readonly landed: readonly LandedFiles[];
  readonly schemas: EventState['schemas'];
  /** Whether `landed` are converted versions with all days. */
  readonly fromVersions: boolean;
  /** The files of the day are to be written anew. */
  readonly isUnfit: boolean;
}

async function changeDay(publishing: Publishing, day: string, input: DayInput): Promise<DayChange> {
  const { landed, schemas, fromVersions, isUnfit } = input;
  const { stage, options, events, settings } = publishing;
  const { plan } = options;
  const inDay = `WHERE ${dayOf(events.timeColumn, NO_DAY)} = ${sqlText(day)}`;
  const staged = `SELECT ${plan.columns.map((column) => lakeExpression(column, settings)).join(', ')} FROM (SELECT * FROM staged ${inDay})`;
  const existing = landed
    .map((group) => `SELECT * FROM (${landedSql(group, events)}) ${fromVersions ? inDay : ''}`)
    .join(' UNION ALL BY NAME ');
  const old = landed
    .flatMap(({ columns }) => columns)
    .filter(({ name }, at, all) => all.findIndex((one) => one.name === name) === at);
  const rows = { plan, settings, staged, existing, columns: old, hasRejected: options.rejected != null };
  const counts = await compareDay(stage, rows);
  const changed = counts.updated + counts.deleted + counts.moved > 0;
  if (!changed && counts.inserted === 0 && !fromVersions && !isUnfit) return { added: null, keepsFiles: true, ...counts };
  const rewrites = changed || fromVersions || isUnfit;
  const kept = rewrites ? old.filter(({ name }) => plan.columns.every((column) => column.name !== name)) : [];
  const columns = [...plan.columns, ...kept].map(({ name, type }) => ({ name, type }));
  const query = mergedSql(rows, { columns, kept, rewrites });
  const added = await writeDay(publishing, { day, columns, query, schema: schemaOf(schemas, columns) });
  return { added: added.rows === 0 ? null : added, keepsFiles: !rewrites, ...counts };
}

/** Landed rows with a time; those of a version that has none (items of events, which did not have it before) are of no day. */
function landedSql({ files, ...landed }: LandedFiles, { timeColumn }: StagedEvents): string {
  const rows = landedEventsSql(files, landed);
  if (landed.columns.some(({ name }) => name === timeColumn)) return rows;
  return `SELECT *, NULL::TIMESTAMPTZ AS ${sqlName(timeColumn)} FROM (${rows})`;
}

interface DayFile extends Pick<EventFile, 'schema'> {
  readonly day: string;
  readonly columns: LandedColumns['columns'];
  readonly query: string;
}

async function writeDay({ store, stage, options, settings, fieldIds }: Publishing, next: DayFile): Promise<EventFile> {
  const { day, columns, query, schema } = next;
  const isTable = hasOpenTables(settings);
  const unique = isTable ? `-${uniqueText()}` : '';
  const name = `date=${day}/${options.runId}${unique}.${extensionOf(settings)}`;
  const file = stage.scratchFile(`events-${day}.${extensionOf(settings)}`);
  // A file of an earlier attempt may be hard-linked in the lake, so it is never overwritten.
  await rm(file, { force: true });
  const written = isTable ? `SELECT ${columns.map(tableSql).join(', ')} FROM (${query})` : query;
  const ids = fieldIds && new Map([...fieldIds].filter(([column]) => columns.some((one) => one.name === column)));
  const rows = await stage.run(`COPY (${written}) TO ${sqlText(file)} (${copyOptions(settings, ids)})`);
  const stats = isTable ? { stats: await columnStats(stage, columns, file) } : {};
  const uploaded = await store.upload(file, name);
  await rm(file, { force: true });
  const { format, compression, csv } = settings;
  const form = { format, compression, ...(format === 'csv' ? { csv } : {}) };
  return { name, date: day, ...form, schema, rows, ...uploaded, ...stats };
}

/** Omits days that are completely older than the task's retention. */
function withoutOld(
  files: readonly EventFile[],
  { deleteBefore }: StagedEvents,
): { readonly kept: readonly EventFile[]; readonly deleted: number } {
  const first = deleteBefore?.slice(0, 10) ?? '';
  const kept = files.filter(({ date }) => date >= first);
  const deleted = files.reduce((rows, file) => rows + (file.date < first ? file.rows : 0), 0);
  return { kept, deleted };
}

interface Strays {
  /** Versions were taken over. */
  readonly versions: boolean;
  readonly clean: () => Promise<void>;
}

/** Files that no state names which may be read: of days that were written anew, of runs that died. A failure here is a note of the run, not its end. */
async function removeStrays(
  store: LakeStore,
  kept: readonly EventFile[],
  { versions, clean }: Strays,
): Promise<readonly string[]> {
  try {
    const names = new Set(kept.map(({ name }) => name));
    for (const name of await store.list('date=')) if (!names.has(name)) await store.delete(name);
    if (versions) {
      await store.delete(LATEST_FILE);
      await removeVersions(store);
    }
    await clean();
    return [];
  } catch {
    return [`Files in ${store.location} that are not used any more could not be removed.`];
  }
}
