import { z } from 'zod';
import { ColumnType } from '#lib/domain/dataset/dataset.ts';
import { RejectedRows, UnprovenParents, UnreadColumn } from '#lib/domain/run/run.ts';
import type { LakeStore } from './lake-store.ts';

/** File that names the version to read; replaced atomically. */
export const LATEST_FILE = 'latest';
export const MANIFEST_FILE = 'manifest.json';
export const SUCCESS_FILE = '_SUCCESS';

const LakeFile = z.object({ name: z.string(), rows: z.number(), bytes: z.number(), sha256: z.string() });

/** What a version holds; written after its parts and before `_SUCCESS`. */
export const Manifest = z.object({
  formatVersion: z.literal(1),
  runId: z.string(),
  dataset: z.string(),
  createdAt: z.string(),
  format: z.enum(['parquet', 'csv', 'jsonl']),
  rows: z.number(),
  bytes: z.number(),
  columns: z.array(
    z.object({ name: z.string(), type: ColumnType, edmType: z.string(), nullable: z.boolean(), key: z.boolean() }),
  ),
  files: z.array(LakeFile),
  /** Columns that were selected and could not be read: the files lack them. Missing: there is none. */
  unread: z.array(UnreadColumn).readonly().optional(),
  /** Parents whose rows could not be proven complete: the files may lack some. Missing: there is none. */
  unproven: UnprovenParents.optional(),
  /** Rows that could not be taken: the files lack them; `file` has them. Missing: there is none. */
  rejected: RejectedRows.extend({ file: LakeFile }).optional(),
});
export type Manifest = z.infer<typeof Manifest>;

/** Folder of a run's version; sorts by time. */
export function versionName(now: Date, runId: string): string {
  return `v=${now
    .toISOString()
    .replace(/[-:]/g, '')
    .replace(/\.\d+Z$/, 'Z')}-${runId}`;
}

/** The version that `latest` points at, with its manifest; null before the first. */
export async function readLatest(store: LakeStore): Promise<{ readonly version: string; readonly manifest: Manifest } | null> {
  const version = (await store.get(LATEST_FILE))?.trim();
  if (version === undefined || version === '') return null;
  const text = await store.get(`${version}/${MANIFEST_FILE}`);
  return text === null ? null : { version, manifest: Manifest.parse(JSON.parse(text)) };
}

/** Removes versions of dead runs and those beyond what is kept; the latest always stays. */
export async function pruneVersions(store: LakeStore, latest: string, versionsKept: number): Promise<void> {
  const names = await store.list('v=');
  const folders = new Set(names.flatMap((name) => (name.includes('/') ? [name.slice(0, name.indexOf('/'))] : [])));
  folders.delete(latest);
  const versions = [...folders].sort();
  const complete = versions.filter((version) => names.includes(`${version}/${SUCCESS_FILE}`));
  const tooOld = complete.slice(0, Math.max(0, complete.length - versionsKept));
  for (const version of versions) {
    if (tooOld.includes(version) || !complete.includes(version)) await store.delete(version);
  }
}
