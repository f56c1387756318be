import type { S3Client } from '@aws-sdk/client-s3';
import { endpointAgents, requireEndpoint, requireIdentityHost } from '#lib/targets/endpoint.ts';
import type { LakeStore } from '#lib/targets/lake/lake-store.ts';
import { joinKey } from '#lib/targets/lake/store-settings.ts';
import type { OpenedTarget } from '#lib/targets/target.ts';
import type { S3Secrets, S3Settings } from './settings.ts';

export type S3Target = OpenedTarget<S3Settings, S3Secrets>;

const CONNECT_MS = 10_000;
const REQUEST_MS = 120_000;
const ATTEMPTS_MAX = 5;

/** Opens folders of a bucket, which share one client. */
export function openerOf(target: S3Target): (...names: readonly string[]) => Promise<LakeStore> {
  let client: S3Client | null = null;
  return async (...names) => {
    const { settings, rules } = target;
    // Checked at each use, as the agents do for each connection: the operator's rules may have changed since the target was created.
    const endpoint = endpointOf(settings);
    await requireEndpoint(endpoint, rules);
    if (settings.credentials === 'machine') requireIdentityHost(endpoint.hostname, rules);
    // Imported at first use: the web process may never access a bucket.
    const { createS3Store } = await import('./s3-store.ts');
    client ??= await createClient(target);
    return createS3Store({ client, bucket: settings.bucket, prefix: joinKey(settings.prefix, ...names) });
  };
}

/** The endpoint of requests; for AWS that of the region (AWS General Reference, "Amazon S3 endpoints and quotas"). */
export function endpointOf({ endpoint, region }: Pick<S3Settings, 'endpoint' | 'region'>): URL {
  if (endpoint !== '') return new URL(endpoint);
  return new URL(`https://s3.${region}.amazonaws.com${region.startsWith('cn-') ? '.cn' : ''}`);
}

async function createClient({ settings, secrets, rules }: S3Target): Promise<S3Client> {
  const { S3Client: Client } = await import('@aws-sdk/client-s3');
  const { endpoint, region, addressing, credentials, accessKeyId, caPem } = settings;
  const { secretAccessKey, sessionToken } = secrets;
  return new Client({
    region,
    forcePathStyle: addressing === 'path',
    maxAttempts: ATTEMPTS_MAX,
    // Only AWS supports checksums in trailers: other stores refuse them, or store them with the object.
    requestChecksumCalculation: 'WHEN_REQUIRED',
    responseChecksumValidation: 'WHEN_REQUIRED',
    requestHandler: {
      ...endpointAgents(rules, caPem === '' ? null : caPem),
      connectionTimeout: CONNECT_MS,
      requestTimeout: REQUEST_MS,
    },
    ...(endpoint === '' ? {} : { endpoint }),
    ...(credentials === 'machine'
      ? {}
      : { credentials: { accessKeyId, secretAccessKey, ...(sessionToken === '' ? {} : { sessionToken }) } }),
  });
}
