import type { S3Client } from '@aws-sdk/client-s3';

/** A folder of a bucket. */
export interface S3Folder {
  readonly client: S3Client;
  readonly bucket: string;
  /** Keys start with it and a `/`; empty: the whole bucket. */
  readonly prefix: string;
}
