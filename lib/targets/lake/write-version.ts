import { createReadStream, createWriteStream } from 'node:fs';
import { rm } from 'node:fs/promises';
import { pipeline } from 'node:stream/promises';
import type { LakeSettings } from '#lib/domain/task/task.ts';
import type { DatasetPlan } from '#lib/reload/engine/plan.ts';
import { IncompleteError } from '#lib/reload/engine/reading/completeness.ts';
import { type PublishOptions, unreadOf } from '#lib/reload/engine/sink.ts';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import { sqlText } from '#lib/reload/parse/sql/sql-text.ts';
import { dfmName, dfmOf } from './dfm.ts';
import type { LakeStore } from './lake-store.ts';
import { columnStats } from './open-tables/column-stats.ts';
import { type FileContent, planFiles } from './plan-files.ts';
import { writeRejected } from './rejected-file.ts';
import { copyOptions, extensionOf, hasOpenTables, lakeExpression } from './types.ts';
import { type ReadyFile, uploadFiles } from './upload-files.ts';
import { MANIFEST_FILE, type Manifest, SUCCESS_FILE } from './versions.ts';

export interface NewVersion {
  readonly store: LakeStore;
  readonly stage: StagedRows;
  /** Name of its folder. */
  readonly version: string;
  readonly options: PublishOptions;
  readonly settings: LakeSettings;
  /** Ids by column name, for Parquet files that Iceberg reads. */
  readonly fieldIds?: ReadonlyMap<string, number>;
}

/** All of a version, with all staged rows: its files, the rows that were set aside, `manifest.json`, and at last `_SUCCESS`. */
export async function writeVersion(next: NewVersion, compared?: Manifest['compared']): Promise<Manifest> {
  const { store, version, options } = next;
  const { plan } = options;
  if (plan.columns.length === 0)
    throw new IncompleteError(plan.dataset.name, 'No column of the dataset could be read. Nothing was published.');
  await store.delete(version);
  const files = await uploadFiles(store, version, readyFiles(next));
  return writeManifest(next, {
    rows: next.stage.rows,
    columns: [...plan.columns],
    files,
    ...(compared === undefined ? {} : { compared }),
  });
}

/** What is around the files of a version, which the store has: `_SUCCESS` comes last. */
export async function writeManifest(
  { store, stage, version, options, settings }: NewVersion,
  { columns, ...content }: Pick<Manifest, 'rows' | 'columns' | 'files' | 'compared'>,
): Promise<Manifest> {
  const { plan, runId, now } = options;
  const { format, compression, csv } = settings;
  const manifest: Manifest = {
    formatVersion: 1,
    runId,
    dataset: plan.table,
    createdAt: now.toISOString(),
    format,
    ...(format === 'parquet' ? {} : { compression }),
    ...(format === 'csv' ? { csv } : {}),
    bytes: content.files.reduce((total, file) => total + file.bytes, 0),
    ...content,
    columns: columns.map(manifestColumn),
    ...unreadOf(options),
    ...(options.drift === undefined || options.drift.length === 0 ? {} : { drift: options.drift }),
    ...(await writeRejected(store, stage, version, options, settings)),
  };
  if (settings.dfm) {
    for (const file of manifest.files.filter(({ folder }) => folder === undefined))
      await store.put(`${version}/${dfmName(file.name)}`, dfmOf(file, { manifest, location: `${store.location}/${version}` }));
  }
  await store.put(`${version}/${MANIFEST_FILE}`, `${JSON.stringify(manifest, null, 2)}\n`);
  await store.put(`${version}/${SUCCESS_FILE}`, '');
  return manifest;
}

/** What a manifest says of a column. */
export function manifestColumn({
  name,
  type,
  edmType,
  nullable,
  key,
  sourcePath,
}: Manifest['columns'][number]): Manifest['columns'][number] {
  return { name, type, edmType, nullable, key, ...(sourcePath === undefined ? {} : { sourcePath }) };
}

async function* readyFiles({ stage, options, settings, fieldIds }: NewVersion): AsyncGenerator<ReadyFile> {
  const { plan, signal, unread } = options;
  const contents = await planFiles(await stage.parts(), {
    adopts: settings.format === 'parquet' && !hasOpenTables(settings) && unread.length === 0,
    bytesMax: settings.fileMebibytes * 2 ** 20,
  });
  for (const [index, content] of contents.entries()) {
    signal.throwIfAborted();
    const name = `part-${String(index).padStart(5, '0')}.${extensionOf(settings)}`;
    const file = content.readyFile ?? (await writeFile(stage, content, { name: `lake-${name}`, plan, settings, fieldIds }));
    const stats = hasOpenTables(settings) ? { stats: await columnStats(stage, plan.columns, file) } : {};
    yield { name, file, rows: content.rows, keep: content.readyFile !== null, ...stats };
  }
}

interface FileToWrite {
  readonly name: string;
  readonly plan: DatasetPlan;
  readonly settings: LakeSettings;
  readonly fieldIds: ReadonlyMap<string, number> | undefined;
}

/** Writes a local file for the lake; returns its path. */
async function writeFile(
  stage: StagedRows,
  content: FileContent,
  { name, plan, settings, fieldIds }: FileToWrite,
): Promise<string> {
  const columns = plan.columns.map((column) => lakeExpression(column, settings)).join(', ');
  const rows = await stage.selectRows(content.parts, content.replayed);
  const file = stage.scratchFile(name);
  // A file of an earlier attempt may be hard-linked in the lake, so it is never overwritten.
  await rm(file, { force: true });
  await stage.run(`COPY (SELECT ${columns} FROM (${rows})) TO ${sqlText(file)} (${copyOptions(settings, fieldIds)})`);
  return settings.format === 'csv' && settings.csv.bom ? withByteOrderMark(file, stage.scratchFile(`bom-${name}`)) : file;
}

async function withByteOrderMark(file: string, marked: string): Promise<string> {
  await rm(marked, { force: true });
  const output = createWriteStream(marked);
  output.write('\uFEFF');
  await pipeline(createReadStream(file), output);
  await rm(file, { force: true });
  return marked;
}
