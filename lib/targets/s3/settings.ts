import { z } from 'zod';
import type { TargetField } from '#lib/domain/target/target.ts';
import { Endpoint, KeyPrefix } from '#lib/targets/lake/store-settings.ts';
import { CA_FIELD, CaPem } from '#lib/targets/server-settings.ts';

export const S3Settings = z.object({
  /** Empty: AWS, according to the region. */
  endpoint: Endpoint.default(''),
  region: z
    .string()
    .trim()
    .min(1, 'Enter the region; for a server without regions: us-east-1.')
    .max(64)
    .regex(/^[A-Za-z0-9-]+$/, 'Enter a region such as eu-central-1.')
    .default('us-east-1'),
  bucket: z
    .string()
    .trim()
    .min(3, 'Enter the name of the bucket.')
    .max(63)
    .regex(/^[A-Za-z0-9][A-Za-z0-9._-]+$/, 'A bucket name may have letters, digits, . and -.'),
  prefix: KeyPrefix.default(''),
  /** `path`: https://host/bucket/key; `virtual-host`: https://bucket.host/key. */
  addressing: z.enum(['virtual-host', 'path']).default('virtual-host'),
  /** `machine`: the default credential chain of the AWS SDK (environment, profile, role of the machine). */
  credentials: z.enum(['keys', 'machine']).default('keys'),
  accessKeyId: z.string().trim().max(128).default(''),
  caPem: CaPem.default(''),
});
export type S3Settings = z.infer<typeof S3Settings>;

/** Both empty where the identity of the machine is used. */
export const S3Secrets = z.object({
  secretAccessKey: z.string().trim().max(1024).default(''),
  /** Session token of temporary credentials. */
  sessionToken: z.string().trim().max(8192).default(''),
});
export type S3Secrets = z.infer<typeof S3Secrets>;

const WITH_KEYS = { field: 'credentials', values: ['keys'] } as const;

export const S3_FIELDS: readonly TargetField[] = [
  {
    name: 'endpoint',
    label: 'Endpoint',
    input: 'text',
    secret: false,
    optional: true,
    placeholder: 'https://minio.example.com:9000',
    hint: 'Empty for AWS. For MinIO, Cloudflare R2 and Ceph: the URL of the store. For Google Cloud Storage: https://storage.googleapis.com',
  },
  {
    name: 'region',
    label: 'Region',
    input: 'text',
    secret: false,
    initial: 'us-east-1',
    hint: 'For R2: auto. For MinIO: us-east-1.',
  },
  { name: 'bucket', label: 'Bucket', input: 'text', secret: false, hint: 'The bucket must exist.' },
  { name: 'prefix', label: 'Folder in the bucket', input: 'text', secret: false, optional: true, placeholder: 'entra' },
  {
    name: 'addressing',
    label: 'Addressing',
    input: 'choice',
    secret: false,
    initial: 'virtual-host',
    options: [
      { value: 'virtual-host', label: 'Bucket in the host name (AWS, R2)' },
      { value: 'path', label: 'Bucket in the path (MinIO, Ceph)' },
    ],
  },
  {
    name: 'credentials',
    label: 'Sign in with',
    input: 'choice',
    secret: false,
    initial: 'keys',
    options: [
      { value: 'keys', label: 'Access key' },
      { value: 'machine', label: 'The identity of the machine (AWS default chain)' },
    ],
    hint: "Entrada uses the machine's identity only for the hosts of ENTRADA_TARGET_IDENTITY_HOSTS.",
  },
  {
    name: 'accessKeyId',
    label: 'Access key ID',
    input: 'text',
    secret: false,
    when: WITH_KEYS,
    hint: 'For Google Cloud Storage: an HMAC key.',
  },
  { name: 'secretAccessKey', label: 'Secret access key', input: 'password', secret: true, when: WITH_KEYS },
  {
    name: 'sessionToken',
    label: 'Session token',
    input: 'password',
    secret: true,
    optional: true,
    when: WITH_KEYS,
    hint: 'Only for temporary keys.',
  },
  CA_FIELD,
];
