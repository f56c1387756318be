import { createHash } from 'node:crypto';
import { createReadStream, createWriteStream } from 'node:fs';
import { readFile, stat } from 'node:fs/promises';
import { Readable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import {
  AbortMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  type ListMultipartUploadsCommandOutput,
  ListObjectsV2Command,
  PutObjectCommand,
} from '@aws-sdk/client-s3';
import { Upload } from '@aws-sdk/lib-storage';
import { hashWhileReading } from '#lib/targets/lake/hash-while-reading.ts';
import type { LakeStore, Uploaded } from '#lib/targets/lake/lake-store.ts';
import { contentType, downloadPath } from '#lib/targets/lake/object-files.ts';
import { claimName, hasConditionalPut } from './conditional-put.ts';
import { isMissing, isNameTaken, toS3Error } from './s3-error.ts';
import type { S3Folder } from './s3-folder.ts';

/** Part size of an upload (at least 5 MiB: Amazon S3 User Guide, "Multipart upload limits"); at most PARTS_AT_ONCE are in memory. */
const PART_BYTES = 8 * 2 ** 20;
const PARTS_AT_ONCE = 4;
/** Concurrent requests of a deletion. Not every store supports the request for many keys. */
const DELETES_AT_ONCE = 8;

const WITHOUT_CONDITIONS =
  'The store does not support conditional writes. Let only Entrada write to the tables of this task, or two writers could write the same commit.';

/** A folder of a bucket. The supported stores are strongly consistent: an object that was put can be read and listed at once. */
export function createS3Store(folder: S3Folder): LakeStore {
  const { client, bucket: Bucket, prefix } = folder;
  const location = `s3://${[Bucket, prefix].filter(Boolean).join('/')}`;
  const keyOf = (name: string): string => (prefix === '' ? name : `${prefix}/${name}`);
  const guard = async <T>(right: string, work: () => Promise<T>): Promise<T> => {
    try {
      return await work();
    } catch (error) {
      throw toS3Error(error, { location, bucket: Bucket, right });
    }
  };
  const put = async (name: string, content: string, condition: { IfNoneMatch?: '*' } = {}): Promise<void> => {
    await putBytes(folder, keyOf(name), Buffer.from(content), condition);
  };
  const exists = async (name: string): Promise<boolean> =>
    client.send(new HeadObjectCommand({ Bucket, Key: keyOf(name) })).then(() => true, orIfMissing(false));
  const list = async (start: string): Promise<string[]> => {
    const names: string[] = [];
    for (let token: string | undefined, more = true; more; more = token !== undefined) {
      const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: keyOf(start), ContinuationToken: token }));
      for (const { Key } of page.Contents ?? []) if (Key !== undefined) names.push(Key.slice(keyOf('').length));
      token = page.IsTruncated === true ? page.NextContinuationToken : undefined;
    }
    return names.sort();
  };
  const remove = async (names: readonly string[]): Promise<void> => {
    for (let start = 0; start < names.length; start += DELETES_AT_ONCE) {
      const some = names.slice(start, start + DELETES_AT_ONCE);
      await Promise.all(some.map((name) => client.send(new DeleteObjectCommand({ Bucket, Key: keyOf(name) }))));
    }
  };
  let claims = false;
  return {
    location,
    uri: location,
    notes: () => (claims ? [WITHOUT_CONDITIONS] : []),
    put: (name, content) => guard('s3:PutObject', () => put(name, content)),
    putIfAbsent: (name, content) =>
      guard('s3:PutObject', async () => {
        // Checked before, since a store without conditional writes ignores the condition.
        if (await exists(name)) return false;
        const conditional = await hasConditionalPut(folder, { put, remove });
        claims ||= !conditional;
        if (!conditional) return claimName(name, { put, exists, list, remove, write: () => put(name, content) });
        return put(name, content, { IfNoneMatch: '*' }).then(() => true, orIfTaken(false));
      }),
    upload: (file, name) => guard('s3:PutObject', () => upload(folder, keyOf(name), file)),
    abortUploads: (before) => guard('s3:ListBucketMultipartUploads', () => abortUploads(folder, before)),
    get: (name) =>
      guard('s3:GetObject', async () => {
        const found = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(name) })).catch(orIfMissing(null));
        return (await found?.Body?.transformToString('utf-8')) ?? null;
      }),
    download: (name, to) =>
      guard('s3:GetObject', async () => {
        const { Body } = await client.send(new GetObjectCommand({ Bucket, Key: keyOf(name) }));
        const path = downloadPath(to, name);
        await pipeline(Body as Readable, createWriteStream(path));
        return path;
      }),
    list: (start) => guard('s3:ListBucket', () => list(start)),
    delete: (name) => guard('s3:DeleteObject', async () => remove([name, ...(await list(`${name}/`))])),
  };
}

async function putBytes(
  { client, bucket: Bucket }: S3Folder,
  Key: string,
  Body: Buffer,
  condition: { readonly IfNoneMatch?: '*' } = {},
): Promise<void> {
  // Without the length the SDK treats an empty body as one of unknown length.
  const described = { ContentLength: Body.byteLength, ContentType: contentType(Key) };
  await client.send(new PutObjectCommand({ Bucket, Key, Body, ...described, ...condition }));
}

async function upload(folder: S3Folder, Key: string, file: string): Promise<Uploaded> {
  const { client, bucket: Bucket } = folder;
  if ((await stat(file)).size <= PART_BYTES) {
    const bytes = await readFile(file);
    await putBytes(folder, Key, bytes);
    return { bytes: bytes.byteLength, sha256: createHash('sha256').update(bytes).digest('hex') };
  }
  const { chunks, result } = hashWhileReading(createReadStream(file, { highWaterMark: 1 << 20 }));
  const Body = Readable.from(chunks, { objectMode: false });
  const params = { Bucket, Key, Body, ContentType: contentType(Key) };
  await new Upload({ client, params, partSize: PART_BYTES, queueSize: PARTS_AT_ONCE, leavePartsOnError: false }).done();
  return result();
}

/** The list is read whole before anything is ended. Uploads of other keys, also of names that begin like the folder, stay. */
async function abortUploads({ client, bucket: Bucket, prefix }: S3Folder, before: Date): Promise<void> {
  if (prefix === '') return;
  const stale: { Key: string; UploadId: string }[] = [];
  let after: { KeyMarker?: string; UploadIdMarker?: string } | null = {};
  while (after !== null) {
    const page: ListMultipartUploadsCommandOutput = await client.send(
      new ListMultipartUploadsCommand({ Bucket, Prefix: `${prefix}/`, ...after }),
    );
    for (const { Key = '', UploadId = '', Initiated } of page.Uploads ?? [])
      if (Key.startsWith(`${prefix}/`) && Initiated !== undefined && Initiated < before) stale.push({ Key, UploadId });
    const { IsTruncated, NextKeyMarker: KeyMarker, NextUploadIdMarker: UploadIdMarker } = page;
    after =
      IsTruncated === true && KeyMarker !== undefined && UploadIdMarker !== undefined ? { KeyMarker, UploadIdMarker } : null;
  }
  for (const upload of stale) await client.send(new AbortMultipartUploadCommand({ Bucket, ...upload }));
}

function orIfMissing<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isMissing(error)) return value;
    throw error;
  };
}

function orIfTaken<T>(value: T): (error: unknown) => T {
  return (error) => {
    if (isNameTaken(error)) return value;
    throw error;
  };
}
