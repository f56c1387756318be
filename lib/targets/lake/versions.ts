import { z } from 'zod';
import { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { DriftDecision } from '#lib/domain/run/drift.ts';
import { RejectedRows, UnprovenParents, UnreadColumn } from '#lib/domain/run/run.ts';
import { CsvSettings } from '#lib/domain/task/task.ts';
import type { LakeStore } from './lake-store.ts';
import { ColumnStats } from './open-tables/column-stats.ts';

/** File with the name of the version to read; replaced atomically. */
export const LATEST_FILE = 'latest';
export const MANIFEST_FILE = 'manifest.json';
export const SUCCESS_FILE = '_SUCCESS';

const LakeFile = z.object({
  name: z.string(),
  /** The version whose folder has it; missing: this one. A reload that compares takes over what did not change. */
  folder: z.string().optional(),
  rows: z.number(),
  bytes: z.number(),
  sha256: z.string(),
  /** By column; only where table formats need them. */
  stats: z.record(z.string(), ColumnStats).optional(),
});

/** Content of a version; written after its files and before `_SUCCESS`. */
export const Manifest = z.object({
  formatVersion: z.literal(1),
  runId: z.string(),
  dataset: z.string(),
  createdAt: z.string(),
  format: z.enum(['parquet', 'csv', 'jsonl']),
  /** Compression of CSV and JSON lines; default none (manifests of earlier versions). */
  compression: z.enum(['none', 'gzip', 'zstd']).optional(),
  /** How the CSV is written; default settings where absent (manifests of earlier versions). */
  csv: CsvSettings.optional(),
  rows: z.number(),
  bytes: z.number(),
  columns: z.array(
    z.object({
      ...{ name: z.string(), type: ColumnType, edmType: z.string(), nullable: z.boolean(), key: z.boolean() },
      /** Property of Graph, by which a column is recognised under another name. Missing in manifests of earlier versions. */
      sourcePath: z.string().optional(),
    }),
  ),
  files: z.array(LakeFile),
  /** What a reload that compares found; missing: all rows were written anew. */
  compared: z
    .object({
      ...{ inserted: z.number(), updated: z.number(), deleted: z.number(), unchanged: z.number() },
      notes: z.array(z.string()),
    })
    .optional(),
  /** How the columns differed from those of the version before, and what was done. Missing: not at all. */
  drift: z.array(DriftDecision).readonly().optional(),
  /** Columns that were selected and could not be read: the files lack them. Missing: there is none. */
  unread: z.array(UnreadColumn).readonly().optional(),
  /** Parents whose rows could not be proven complete: the files may lack some. */
  unproven: UnprovenParents.optional(),
  /** Rejected rows: the files lack them, `file` contains them. */
  rejected: RejectedRows.extend({ file: LakeFile }).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** Path of a file of a version, below the folder of the dataset. */
export function pathOf(version: string, { name, folder }: Pick<Manifest['files'][number], 'name' | 'folder'>): string {
  return `${folder ?? version}/${name}`;
}

/** The version in `latest`, with its manifest; null before the first. */
export async function readLatest(store: LakeStore): Promise<{ readonly version: string; readonly manifest: Manifest } | null> {
  const version = (await store.get(LATEST_FILE))?.trim();
  if (version === undefined || version === '') return null;
  const text = await store.get(`${version}/${MANIFEST_FILE}`);
  return text === null ? null : { version, manifest: Manifest.parse(JSON.parse(text)) };
}

/** The complete version of a run, whether it is visible or not; null: none. */
export async function findVersionOf(
  store: LakeStore,
  runId: string,
): Promise<{ readonly version: string; readonly manifest: Manifest } | null> {
  const end = `-${runId}/${SUCCESS_FILE}`;
  const name = (await listVersionFiles(store)).find((candidate) => candidate.endsWith(end));
  const version = name?.slice(0, -`/${SUCCESS_FILE}`.length);
  const text = version === undefined ? null : await store.get(`${version}/${MANIFEST_FILE}`);
  return version === undefined || text === null ? null : { version, manifest: Manifest.parse(JSON.parse(text)) };
}

/** How many older versions are kept, and for how long. */
export interface Retention {
  readonly versionsKept: number;
  /** Null: no age limit. */
  readonly versionDaysKept: number | null;
  readonly now: Date;
}

/** The folder of a version, which may be in one of its day, with a file in it. */
const VERSION = /^((?:\d{4}-\d\d-\d\d\/)?v=[^/]+)\//;

/** Files of all versions, also of those from before the folder of the task had days, or from after. */
async function listVersionFiles(store: LakeStore): Promise<readonly string[]> {
  const [undated, dated] = [await store.list('v='), await store.list('2')];
  return [...undated, ...dated.filter((name) => VERSION.test(name))];
}

/** Deletes all versions. */
export async function removeVersions(store: LakeStore): Promise<void> {
  const folders = new Set((await listVersionFiles(store)).flatMap((name) => VERSION.exec(name)?.[1] ?? []));
  for (const folder of folders) await store.delete(folder);
}

/** Versions without the latest, oldest first: all, and the complete ones. */
async function olderVersions(store: LakeStore, latest: string): Promise<{ all: readonly string[]; complete: readonly string[] }> {
  const names = await listVersionFiles(store);
  const folders = new Set(names.flatMap((name) => VERSION.exec(name)?.[1] ?? []));
  folders.delete(latest);
  const all = [...folders].sort((one, other) => timeOf(one) - timeOf(other) || one.localeCompare(other));
  const files = new Set(names);
  return { all, complete: all.filter((version) => files.has(`${version}/${SUCCESS_FILE}`)) };
}

/** The complete older versions that retention keeps, oldest first. */
export async function keptVersions(store: LakeStore, latest: string, retention: Retention): Promise<readonly string[]> {
  const { complete } = await olderVersions(store, latest);
  const { versionsKept, versionDaysKept, now } = retention;
  const kept = versionsKept === 0 ? [] : complete.slice(-versionsKept);
  if (versionDaysKept === null) return kept;
  return kept.filter((version) => now.getTime() - timeOf(version) <= versionDaysKept * 86_400_000);
}

/** Deletes versions of dead runs and those beyond the kept ones; never the latest. */
export async function pruneVersions(store: LakeStore, latest: string, kept: readonly string[]): Promise<void> {
  const { all } = await olderVersions(store, latest);
  const removed = all.filter((version) => !kept.includes(version));
  if (removed.length === 0) return;
  const named = await namedFiles(store, [latest, ...kept]);
  for (const version of removed) {
    if (![...named].some((path) => path.startsWith(`${version}/`))) await store.delete(version);
    else for (const path of await store.list(`${version}/`)) if (!named.has(path)) await store.delete(path);
  }
}

/** Paths of all files that these versions consist of. */
async function namedFiles(store: LakeStore, versions: readonly string[]): Promise<ReadonlySet<string>> {
  const named = new Set<string>();
  for (const version of versions) {
    const text = await store.get(`${version}/${MANIFEST_FILE}`);
    if (text === null) continue;
    for (const file of Manifest.parse(JSON.parse(text)).files) named.add(pathOf(version, file));
  }
  return named;
}

/** Start time of the run of a version, from its name. */
function timeOf(version: string): number {
  const [, year, month, day, hour, minute, second] = /(?:^|\/)v=(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z/.exec(version) ?? [];
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}
