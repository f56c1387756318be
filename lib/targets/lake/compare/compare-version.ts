import { mkdir, rm } from 'node:fs/promises';
import type { Column } from '#lib/domain/dataset/dataset.ts';
import type { LakeCompareSettings } from '#lib/domain/task/task.ts';
import { IncompleteError } from '#lib/reload/engine/reading/completeness.ts';
import type { PublishOptions } from '#lib/reload/engine/sink.ts';
import { checkDeletes } from '#lib/targets/delete-guard.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import { uploadFiles } from '#lib/targets/lake/upload-files.ts';
import { type Manifest, pathOf, type readLatest } from '#lib/targets/lake/versions.ts';
import { manifestColumn, type NewVersion, writeManifest, writeVersion } from '#lib/targets/lake/write-version.ts';
import { keptRowsNotes } from '#lib/targets/publish-notes.ts';
import { writeChanges, writeFirstChange } from './change-file.ts';
import { compareRows, dropComparison, type FoundChanges, type LandedTable } from './compare-rows.ts';
import { planRewrite, rewrittenFiles } from './rewrite-files.ts';

type Latest = NonNullable<Awaited<ReturnType<typeof readLatest>>>;

interface NextVersion extends NewVersion {
  readonly settings: LakeCompareSettings;
}

/** Columns of the table after the run: those that were read, and of the others what is landed, unless it was decided to drop it. */
export function comparedColumns(options: PublishOptions, latest: Latest | null): Manifest['columns'] {
  const { plan, drift = [] } = options;
  const gone = new Set(drift.flatMap(({ action, column }) => (action === 'dropped' ? [column] : [])));
  const read = new Set(plan.columns.map(({ name }) => name));
  const kept = (latest === null ? [] : landedColumns(options, latest)).filter(({ name }) => !read.has(name) && !gone.has(name));
  return [...plan.columns, ...kept].map(manifestColumn);
}

/** The columns of the latest version, renamed ones by their new names. */
function landedColumns({ drift = [] }: PublishOptions, { manifest }: Latest): Manifest['columns'] {
  const names = renamesOf(drift);
  return manifest.columns.map((column) => ({ ...column, name: names.get(column.name) ?? column.name }));
}

/** New names by the old ones. */
export function renamesOf(drift: PublishOptions['drift']): ReadonlyMap<string, string> {
  return new Map(
    (drift ?? []).flatMap(({ action, from, column }) => (action === 'renamed' && from !== null ? [[from, column]] : [])),
  );
}

/**
 * A version that has the staged rows, in which the files of the latest one stay of which no row has changed (copy on write), and the file of the
 * changes beside it. Nothing that is there is written into.
 */
export async function compareVersion(next: NextVersion, latest: Latest | null): Promise<Manifest> {
  const { store, stage, version, options } = next;
  const { plan, unread } = options;
  if (plan.columns.length === 0 || (plan.key.length === 0 && unread.length > 0))
    throw new IncompleteError(plan.dataset.name, 'The key columns of the dataset could not be read. Nothing was published.');
  if (latest === null || !isTable(latest.manifest)) return writeFirst(next, latest);
  await store.delete(version);
  const folder = stage.scratchFile('lake-landed');
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  try {
    const table = {
      files: await download(store, latest, folder),
      columns: landedColumns(options, latest),
      renames: renamesOf(options.drift),
    };
    const found = await compareRows(stage, options, table);
    const guard = { deleteShareMax: next.settings.deleteShareMax, confirmed: options.deletesConfirmed };
    checkDeletes(`${plan.namespace}/${plan.table}`.replace(/^\//, ''), found, guard);
    return await writeCompared(next, latest, { table, found });
  } finally {
    await rm(folder, { recursive: true, force: true });
    await dropComparison(stage);
  }
}

/** Whether its files are those of a table: only they have statistics, and JSON and times of day as text. */
function isTable({ format, files }: Manifest): boolean {
  return format === 'parquet' && files.every(({ stats }) => stats !== undefined);
}

async function writeFirst(next: NextVersion, latest: Latest | null): Promise<Manifest> {
  await writeFirstChange(next);
  const notes =
    latest === null
      ? []
      : ['The earlier data of the task is not a table that Entrada can compare with, so Entrada wrote all rows again.'];
  const compared = { inserted: next.stage.rows, updated: 0, deleted: 0, unchanged: 0, notes };
  return writeVersion(next, compared);
}

async function writeCompared(
  next: NextVersion,
  latest: Latest,
  { table, found }: { readonly table: LandedTable; readonly found: FoundChanges },
): Promise<Manifest> {
  const { store, stage, version, options, settings } = next;
  const columns = comparedColumns(options, latest);
  const { files, bytes, rows } = latest.manifest;
  const touched = await touchedFiles(next);
  const plan = planRewrite(files, {
    changed: isSameSchema(columns, latest.manifest.columns) ? touched : new Set(files.keys()),
    inserted: found.inserted,
    bytesMax: settings.fileMebibytes * 2 ** 20,
  });
  const rewrite = {
    next,
    table,
    plan,
    columns: columns as Column[],
    inserted: found.inserted,
    rowBytes: bytes / Math.max(rows, 1),
  };
  const written = await uploadFiles(store, version, rewrittenFiles(rewrite));
  await writeChanges({ store, stage, version, options }, { table, changed: [...touched] });
  const clean = plan.clean.map((file) => ({ ...file, folder: file.folder ?? latest.version }));
  const all = [...clean, ...written];
  return writeManifest(next, {
    rows: all.reduce((total, file) => total + file.rows, 0),
    columns,
    files: all,
    compared: {
      ...{ inserted: found.inserted, updated: found.updated, deleted: found.deleted },
      unchanged: stage.rows - found.inserted - found.updated,
      notes: [...keptRowsNotes({ ...options, kept: found.kept })],
    },
  });
}

/** Places of the files of which rows were updated or deleted. */
async function touchedFiles({ stage }: NextVersion): Promise<ReadonlySet<number>> {
  const rows = await stage.query('SELECT DISTINCT entrada__file FROM entrada__diff WHERE entrada__file IS NOT NULL');
  return new Set(rows.map(([file]) => Number(file)));
}

function isSameSchema(one: Manifest['columns'], other: Manifest['columns']): boolean {
  return (
    one.length === other.length &&
    one.every(({ name, type }) => other.some((column) => column.name === name && column.type === type))
  );
}

const DOWNLOADS_AT_ONCE = 4;

async function download(store: LakeStore, { version, manifest }: Latest, folder: string): Promise<readonly string[]> {
  const files: string[] = [];
  const left = [...manifest.files.entries()];
  const work = async (): Promise<void> => {
    for (let next = left.shift(); next !== undefined; next = left.shift())
      files[next[0]] = await store.download(pathOf(version, next[1]), folder);
  };
  await Promise.all(Array.from({ length: DOWNLOADS_AT_ONCE }, work));
  return files;
}
