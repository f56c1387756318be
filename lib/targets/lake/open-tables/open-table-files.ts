import { mkdir, rm } from 'node:fs/promises';
import type { StagedRows } from '#lib/reload/engine/staged-rows.ts';
import type { LakeStore } from '../lake-store.ts';

/** Where tables are, and what their files are read and written with. */
export interface OpenTableFiles {
  readonly store: LakeStore;
  readonly stage: StagedRows;
}

/** Lends a local file with the content of an object. */
export async function withLocalCopy<T>(
  { store, stage }: OpenTableFiles,
  name: string,
  use: (file: string) => Promise<T>,
): Promise<T> {
  const folder = stage.scratchFile('lake-read');
  await mkdir(folder, { recursive: true });
  try {
    return await use(await store.download(name, folder));
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}
