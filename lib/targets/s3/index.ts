import { defineTarget } from '#lib/targets/define-target.ts';
import { LAKE_CAPABILITIES, lakeTarget } from '#lib/targets/lake/lake-target.ts';
import { joinKey } from '#lib/targets/lake/store-settings.ts';
import { testStore } from '#lib/targets/lake/test-store.ts';
import { reachOf } from '#lib/targets/target.ts';
import { endpointOf, openerOf } from './open-s3.ts';
import { S3_FIELDS, S3Secrets, S3Settings } from './settings.ts';

/** A bucket of Amazon S3 or of a compatible store: MinIO, Cloudflare R2, Ceph, Google Cloud Storage with HMAC keys. */
export const s3 = defineTarget({
  kind: 's3',
  title: 'S3-compatible',
  summary: 'Parquet, CSV or JSON lines in a bucket of Amazon S3, MinIO, Cloudflare R2, Ceph or Google Cloud Storage.',
  capabilities: LAKE_CAPABILITIES,
  fields: S3_FIELDS,
  settings: S3Settings,
  secrets: S3Secrets,
  requireWhole({ settings, secrets }, missing) {
    if (settings.credentials === 'machine') return;
    if (settings.accessKeyId === '') missing('settings.accessKeyId', 'Enter the access key ID.');
    if (secrets.secretAccessKey === '') missing('secrets.secretAccessKey', 'Enter the secret access key.');
  },
  reach: (settings) => reachOf(endpointOf(settings)),
  location: (settings) =>
    `s3://${joinKey(settings.bucket, settings.prefix)}${settings.endpoint === '' ? '' : ` at ${endpointOf(settings).host}`}`,
  address: (settings, namespace) => `s3://${endpointOf(settings).host}/${joinKey(settings.bucket, settings.prefix, namespace)}`,
  test: (target, signal) => testStore(() => openerOf(target)(), signal),
  ...lakeTarget('A bucket', openerOf),
});
