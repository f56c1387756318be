import { createReadStream } from 'node:fs';
import type { ContainerClient } from '@azure/storage-blob';
import { hashWhileReading } from '#lib/targets/lake/hash-while-reading.ts';
import type { LakeStore, Uploaded } from '#lib/targets/lake/lake-store.ts';
import { contentType, downloadPath } from '#lib/targets/lake/object-files.ts';
import { isMissing, isNameTaken, toBlobError } from './blob-error.ts';

export interface BlobFolder {
  readonly container: ContainerClient;
  /** Display text. */
  readonly location: string;
  /** The URI that table metadata contains. */
  readonly uri: string;
  /** Names of blobs start with it and a `/`; empty: the whole container. */
  readonly prefix: string;
}

/** Size of a block of an upload; at most BLOCKS_AT_ONCE are in memory. */
const BLOCK_BYTES = 8 * 2 ** 20;
const BLOCKS_AT_ONCE = 4;
const DELETES_AT_ONCE = 16;

interface Entry {
  readonly name: string;
  readonly isFolder: boolean;
}

/** A folder of a container, through the Blob API, which accounts with a hierarchical namespace and OneLake also support. */
export function createBlobStore(folder: BlobFolder): LakeStore {
  const { container, location, uri, prefix } = folder;
  const nameOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
  const blob = (name: string) => container.getBlockBlobClient(nameOf(name));
  const guard = async <T>(right: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toBlobError(error, { location, container: container.containerName, right });
    }
  };
  const put = async (name: string, content: string, conditions = {}): Promise<void> => {
    const blobHTTPHeaders = { blobContentType: contentType(name) };
    await blob(name).upload(content, Buffer.byteLength(content), { conditions, blobHTTPHeaders });
  };
  const list = async (start: string): Promise<Entry[]> => {
    const found: Entry[] = [];
    for await (const { name, metadata } of container.listBlobsFlat({ prefix: nameOf(start), includeMetadata: true }))
      found.push({ name: name.slice(nameOf('').length), isFolder: metadata?.['hdi_isfolder'] === 'true' });
    return found;
  };
  const remove = async (names: readonly string[]): Promise<void> => {
    for (let start = 0; start < names.length; start += DELETES_AT_ONCE)
      await Promise.all(
        names.slice(start, start + DELETES_AT_ONCE).map((name) => blob(name).deleteIfExists({ deleteSnapshots: 'include' })),
      );
  };
  return {
    location,
    uri,
    put: (name, content) => guard('write', () => put(name, content)),
    putIfAbsent: (name, content) =>
      guard('create', async () => {
        try {
          await put(name, content, { ifNoneMatch: '*' });
          return true;
        } catch (error) {
          if (!isNameTaken(error)) throw error;
          return false;
        }
      }),
    upload: (file, name) => guard('write', () => upload(folder, nameOf(name), file)),
    get: (name) =>
      guard('read', async () => {
        try {
          const { readableStreamBody } = await blob(name).download();
          const chunks: Buffer[] = [];
          for await (const chunk of readableStreamBody ?? []) chunks.push(Buffer.from(chunk));
          return Buffer.concat(chunks).toString('utf8');
        } catch (error) {
          if (!isMissing(error)) throw error;
          return null;
        }
      }),
    download: (name, to) =>
      guard('read', async () => {
        const path = downloadPath(to, name);
        await blob(name).downloadToFile(path);
        return path;
      }),
    list: (start) =>
      guard('list', async () => (await list(start)).flatMap(({ name, isFolder }) => (isFolder ? [] : [name])).sort()),
    delete: (name) =>
      guard('delete', async () => {
        const below = await list(`${name}/`);
        await remove(below.filter(({ isFolder }) => !isFolder).map((entry) => entry.name));
        // With a hierarchical namespace folders are separate entries, which can be deleted when they are empty.
        const folders = below.filter(({ isFolder }) => isFolder).map((entry) => entry.name);
        for (const inner of folders.sort().reverse()) await remove([inner]);
        await remove([name]);
      }),
  };
}

async function upload({ container }: BlobFolder, name: string, file: string): Promise<Uploaded> {
  const sent = container.getBlockBlobClient(name).uploadFile(file, {
    ...{ blockSize: BLOCK_BYTES, maxSingleShotSize: BLOCK_BYTES, concurrency: BLOCKS_AT_ONCE },
    blobHTTPHeaders: { blobContentType: contentType(name) },
  });
  const [digest] = await Promise.all([digestOf(file), sent]);
  return digest;
}

async function digestOf(file: string): Promise<Uploaded> {
  const { chunks, result } = hashWhileReading(createReadStream(file, { highWaterMark: 1 << 20 }));
  for await (const _ of chunks);
  return result();
}
