import { rm } from 'node:fs/promises';
import { isLog, LOG_VERSION } from '#lib/domain/dataset/log-dataset.ts';
import type { LakeSettings } from '#lib/domain/task/task.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { IncompleteError } from '#lib/reload/engine/reading/completeness.ts';
import { type Published, type PublishOptions, type Sink, unreadOf } from '#lib/reload/engine/sink.ts';
import type { StagedParts, StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { rejectedName, rejectedNote } from '#lib/targets/rejected-rows.ts';
import { toLakeError } from './lake-error.ts';
import type { LakeStore } from './lake-store.ts';
import { writeRejected } from './rejected-file.ts';
import { COPY_OPTIONS, FILE_EXTENSION, lakeExpression } from './types.ts';
import { LATEST_FILE, MANIFEST_FILE, type Manifest, pruneVersions, readLatest, SUCCESS_FILE, versionName } from './versions.ts';

/** Rows a file at most: some tens of megabytes of Parquet for directory objects. */
const FILE_ROWS = 1_000_000;
/** Staged parts below this many rows are put together with others in one file. */
const PART_ROWS_MIN = 8_000;

/**
 * Reload into a data lake: a new version of the dataset's folder, complete with manifest and `_SUCCESS`, before `latest` points at it.
 * Who follows `latest` never sees half a version.
 * @param openStore the folder of a dataset, by the name of its table.
 */
export function createLakeSink(openStore: (table: string) => Promise<LakeStore>, settings: LakeSettings): Sink {
  return {
    adoptsParquet: settings.format === 'parquet',
    async findPublished(plan, runId) {
      const latest = await readLatest(await openStore(plan.table));
      return latest?.manifest.runId === runId ? publishedOf(latest.manifest) : null;
    },
    async publish(stage, options) {
      const store = await openStore(options.plan.table);
      const version = versionName(options.now, options.runId);
      try {
        const manifest = await writeVersion(store, stage, version, options, settings);
        options.signal.throwIfAborted();
        await store.put(LATEST_FILE, `${version}\n`);
        const { plan, rejected = null } = options;
        const notes = isLog(plan.dataset) ? [LOG_VERSION] : [];
        if (rejected !== null) notes.push(rejectedNote(rejected, `${version}/${rejectedName(plan)}`));
        return {
          ...publishedOf(manifest),
          notes: [...notes, ...(await removeOldVersions(store, version, settings.versionsKept))],
        };
      } catch (error) {
        if ((await store.get(LATEST_FILE).catch(() => null))?.trim() !== version)
          await store.delete(version).catch(() => undefined);
        throw toLakeError(error, store.location);
      }
    },
  };
}

async function writeVersion(
  store: LakeStore,
  stage: StagedRows,
  version: string,
  options: PublishOptions,
  { format }: LakeSettings,
): Promise<Manifest> {
  const { plan, runId, now, signal, unread } = options;
  if (plan.columns.length === 0)
    throw new IncompleteError(plan.dataset.name, 'None of its columns could be read. Nothing was published.');
  await store.delete(version);
  const files: Manifest['files'] = [];
  for (const [index, content] of planFiles(await stage.parts(), {
    adopts: format === 'parquet' && unread.length === 0,
  }).entries()) {
    signal.throwIfAborted();
    const name = `part-${String(index).padStart(5, '0')}.${FILE_EXTENSION[format]}`;
    const file = content.readyFile ?? (await writeFile(stage, content, { name: `lake-${name}`, plan, format }));
    files.push({ name, rows: content.rows, ...(await store.upload(file, `${version}/${name}`)) });
    // The store has it now; on an object store it would otherwise be on the disk twice until the end.
    if (content.readyFile === null) await rm(file, { force: true });
  }
  const manifest: Manifest = {
    formatVersion: 1,
    runId,
    dataset: plan.table,
    createdAt: now.toISOString(),
    format,
    rows: stage.rows,
    bytes: files.reduce((total, file) => total + file.bytes, 0),
    columns: plan.columns.map(({ name, type, edmType, nullable, key }) => ({ name, type, edmType, nullable, key })),
    files,
    ...unreadOf(options),
    ...(await writeRejected(store, stage, version, options, format)),
  };
  await store.put(`${version}/${MANIFEST_FILE}`, `${JSON.stringify(manifest, null, 2)}\n`);
  await store.put(`${version}/${SUCCESS_FILE}`, '');
  return manifest;
}

interface FileContent {
  readonly parts: readonly string[];
  readonly replayed: boolean;
  readonly rows: number;
  /** Path of the staged part that is taken as the file; null: the file has to be written. */
  readonly readyFile: string | null;
}

/**
 * Which rows go into which file. With `adopts` a staged part that is whole and large enough is a file of the lake as it is; the others are
 * put together. A part has all selected columns, so it is not adopted when one could not be read. An empty dataset has one empty file: its schema is worth having.
 */
function planFiles(staged: StagedParts, { adopts }: { readonly adopts: boolean }): readonly FileContent[] {
  const files: FileContent[] = [];
  let gathered: FileContent = { parts: [], replayed: staged.replayed > 0, rows: staged.replayed, readyFile: null };
  for (const { file, rows, complete: whole } of staged.parts) {
    if (adopts && whole && rows >= PART_ROWS_MIN) {
      files.push({ parts: [file], replayed: false, rows, readyFile: file });
      continue;
    }
    if (gathered.rows > 0 && gathered.rows + rows > FILE_ROWS) {
      files.push(gathered);
      gathered = { parts: [], replayed: false, rows: 0, readyFile: null };
    }
    gathered = { ...gathered, parts: [...gathered.parts, file], rows: gathered.rows + rows };
  }
  return gathered.rows > 0 || files.length === 0 ? [...files, gathered] : files;
}

/** Into a file on the way to the lake; answers its path. */
async function writeFile(
  stage: StagedRows,
  content: FileContent,
  { name, plan, format }: { readonly name: string; readonly plan: DatasetPlan; readonly format: LakeSettings['format'] },
): Promise<string> {
  const columns = plan.columns.map((column) => lakeExpression(column, format)).join(', ');
  const rows = await stage.selectRows(content.parts, content.replayed);
  const file = stage.scratchFile(name);
  // What an earlier attempt left may be linked in the lake: it is never written into.
  await rm(file, { force: true });
  await stage.run(`COPY (SELECT ${columns} FROM (${rows})) TO ${sqlText(file)} (${COPY_OPTIONS[format]})`);
  return file;
}

/** The new version is visible already, so a failure here is a note of the run and not its end. */
async function removeOldVersions(store: LakeStore, latest: string, versionsKept: number): Promise<readonly string[]> {
  try {
    await pruneVersions(store, latest, versionsKept);
    return [];
  } catch {
    return [`Older versions in ${store.location} could not be removed.`];
  }
}

function publishedOf({ rows, unread, unproven, rejected }: Manifest): Published {
  return {
    ...{ inserted: rows, updated: 0, deleted: 0, unchanged: 0, notes: [] },
    ...(unread === undefined ? {} : { unread }),
    ...(unproven === undefined ? {} : { unproven }),
    ...(rejected === undefined ? {} : { rejected: { count: rejected.count, rows: rejected.rows } }),
  };
}
