import { setTimeout as sleep } from 'node:timers/promises';
import { FINAL_METADATA_JOB_STATES, type MetadataJobDto } from '#lib/domain/metadata/metadata.ts';
import type { Context } from '#lib/services/context.ts';
import { requireRole } from '../require-role.ts';
import { getMetadataJob } from './get-metadata-job.ts';

/** Poll interval, milliseconds: at most two events per second. */
const LOOK_EVERY_MS = 500;

/** Yields the job now and after each change, until it has ended or `signal` aborts. */
export async function* watchMetadataJob(watch: {
  ctx: Context;
  first: MetadataJobDto;
  signal: AbortSignal;
  everyMs?: number;
}): AsyncGenerator<MetadataJobDto> {
  const { ctx, signal } = watch;
  requireRole(ctx, 'viewer');
  let job = watch.first;
  let shown = '';
  while (!signal.aborted) {
    const text = JSON.stringify(job);
    if (text !== shown) yield job;
    shown = text;
    if (FINAL_METADATA_JOB_STATES.has(job.state)) return;
    await sleep(watch.everyMs ?? LOOK_EVERY_MS, undefined, { signal }).catch(() => undefined);
    if (signal.aborted) return;
    job = await getMetadataJob({ ctx, input: { metadataJobId: job.id } });
  }
}
