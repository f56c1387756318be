import { z } from 'zod';
import { actorRef } from '#lib/domain/account/actor.ts';
import { type Id, idSchema } from '#lib/domain/id.ts';
import { type MetadataJobDto, MetadataJobKind, SAMPLE_ROWS_DEFAULT, SAMPLE_ROWS_MAX } from '#lib/domain/metadata/metadata.ts';
import { ConflictError, NotFoundError } from '#lib/platform/errors.ts';
import { newId } from '#lib/platform/id.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import type { Call, Context } from '#lib/services/context.ts';
import { requireRole } from '#lib/services/require-role.ts';
import { write } from '#lib/services/write.ts';
import { lockConnection } from '#lib/store/connection/connections.ts';
import { findActiveMetadataJob, insertMetadataJob, setMetadataJobId } from '#lib/store/metadata/metadata-jobs.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import { getMetadataJob } from './get-metadata-job.ts';

export const StartMetadataJobInput = z.object({
  connectionId: idSchema('conn'),
  /** `generate`: $metadata and catalogue, then samples of live rows. `probe`: access to each dataset. */
  kind: MetadataJobKind,
  /** Rows to sample per dataset when generating; 0 = none. */
  sampleRows: z.number().int().min(0).max(SAMPLE_ROWS_MAX).default(SAMPLE_ROWS_DEFAULT),
  /** Null = all datasets that the token may read. */
  datasetIds: z.array(idSchema('ds')).min(1).max(2000).nullable().default(null),
});
export type StartMetadataJobInput = z.input<typeof StartMetadataJobInput>;

/**
 * Starts generating with samples, or probing, in a worker; the job reports its progress.
 * @throws ConflictError `metadata-job-in-progress`.
 */
export async function startMetadataJob({ ctx, input }: Call<StartMetadataJobInput>): Promise<MetadataJobDto> {
  requireRole(ctx, 'editor');
  const wanted = StartMetadataJobInput.parse(input);
  await requireConnectionAccess(ctx, 'edit', wanted);
  const { connectionId, kind, sampleRows } = wanted;
  const metadataJobId = await write(ctx, async (tx, audit) => {
    const id = await queueMetadataJob(ctx, tx, { ...wanted, awaited: true });
    await audit({ action: `metadata.${kind}`, subjectId: connectionId, detail: kind === 'generate' ? { sampleRows } : {} });
    return id;
  });
  return getMetadataJob({ ctx, input: { metadataJobId } });
}

/**
 * Creates and queues the job within a transaction; a job that a person started has priority over automatic ones.
 * @throws NotFoundError; ConflictError `metadata-job-in-progress`.
 */
export async function queueMetadataJob(
  ctx: Context,
  tx: Tx,
  wanted: z.output<typeof StartMetadataJobInput> & { readonly awaited: boolean },
): Promise<Id<'mjob'>> {
  const { connectionId, kind, sampleRows, datasetIds, awaited } = wanted;
  const id = newId('mjob');
  const { actor } = ctx;
  if (!(await lockConnection(tx, connectionId))) throw new NotFoundError('connection');
  if ((await findActiveMetadataJob(tx, connectionId, kind)) !== null) throw inProgress(kind);
  const startedBy = actorRef(actor).name;
  const job = { id, connectionId, kind, startedBy, at: ctx.clock.now() };
  await insertMetadataJob(tx, { ...job, input: { sampleRows, datasetIds } });
  const jobId = await ctx.queue.enqueueMetadataJob(tx, { metadataJobId: id, key: `${connectionId}:${kind}`, awaited });
  if (jobId === null) throw inProgress(kind);
  await setMetadataJobId(tx, id, jobId);
  return id;
}

function inProgress(kind: MetadataJobKind): ConflictError {
  return new ConflictError({
    code: 'metadata-job-in-progress',
    title:
      kind === 'generate'
        ? 'Another job already generates the metadata of this connection.'
        : 'Another job already checks the access of this connection.',
    remedy: 'Wait for that job, or cancel it first.',
    fixer: 'you',
  });
}
