import { rm } from 'node:fs/promises';
import type { LakeStore, Uploaded } from './lake-store.ts';
import type { ColumnStats } from './open-tables/column-stats.ts';
import type { Manifest } from './versions.ts';

/** Files that are uploaded at once, while the next is written. */
const UPLOADS_AT_ONCE = 4;

/** A finished file of the local disk that goes into a version. */
export interface ReadyFile {
  /** In the folder of the version. */
  readonly name: string;
  readonly file: string;
  readonly rows: number;
  readonly stats?: Readonly<Record<string, ColumnStats>>;
  /** It belongs to the stage; others are deleted once the store has them. */
  readonly keep: boolean;
}

/** Uploads files as they get ready, in their order. What is still on its way has arrived, or failed, when this settles. */
export async function uploadFiles(
  store: LakeStore,
  version: string,
  ready: AsyncIterable<ReadyFile>,
): Promise<Manifest['files']> {
  const files: Manifest['files'] = [];
  const uploads = new Set<Promise<void>>();
  const failures: unknown[] = [];
  try {
    let index = 0;
    for await (const next of ready) {
      const at = index++;
      const work = uploadOnce(store, version, next)
        .then((uploaded) => {
          const { name, rows, stats } = next;
          files[at] = { name, rows, ...uploaded, ...(stats === undefined ? {} : { stats }) };
        })
        .catch((error: unknown) => void failures.push(error))
        .finally(() => uploads.delete(work));
      uploads.add(work);
      while (uploads.size >= UPLOADS_AT_ONCE) await Promise.race(uploads);
      if (failures.length > 0) break;
    }
  } finally {
    // What is still on its way must not arrive after the version was taken back.
    await Promise.all(uploads);
  }
  if (failures.length > 0) throw failures[0];
  return files;
}

async function uploadOnce(store: LakeStore, version: string, { file, name, keep }: ReadyFile): Promise<Uploaded> {
  const uploaded = await store.upload(file, `${version}/${name}`);
  // The store has it now; on an object store it would otherwise be on the disk twice until the end.
  if (!keep) await rm(file, { force: true });
  return uploaded;
}
