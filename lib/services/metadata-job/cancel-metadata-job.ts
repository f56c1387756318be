import { FINAL_METADATA_JOB_STATES, type MetadataJobDto } from '#lib/domain/metadata/metadata.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import type { Call } from '#lib/services/context.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { write } from '#lib/services/write.ts';
import { changeMetadataJob, findMetadataJob } from '#lib/store/metadata/metadata-jobs.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import { GetMetadataJobInput, getMetadataJob } from './get-metadata-job.ts';

/** Cancels a job: a queued one at once, a running one at its next check (within one second). Results so far are kept. */
export async function cancelMetadataJob({ ctx, input }: Call<GetMetadataJobInput>): Promise<MetadataJobDto> {
  requireRole(ctx, 'editor', 'operates');
  const { metadataJobId } = GetMetadataJobInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { metadataJobId });
  await write(ctx, async (tx, audit) => {
    const job = await findMetadataJob(tx, metadataJobId);
    if (job === null) throw new NotFoundError('job');
    if (FINAL_METADATA_JOB_STATES.has(job.state) || job.state === 'cancelling') return;
    const at = ctx.clock.now();
    const waited = await changeMetadataJob(tx, metadataJobId, { from: ['queued'], to: 'cancelled', at });
    if (!waited) await changeMetadataJob(tx, metadataJobId, { from: ['running'], to: 'cancelling', at });
    await audit({ action: 'metadata.cancel', subjectId: job.connectionId, detail: { kind: job.kind } });
  });
  return getMetadataJob({ ctx, input: { metadataJobId } });
}
