import { AppError } from '#lib/platform/errors.ts';
import type { Context } from '#lib/services/context.ts';
import { queueMetadataJob, StartMetadataJobInput } from './start-metadata-job.ts';

/**
 * Queues the check of access to every dataset after a sign-in. It is a part of the sign-in, so it writes no
 * audit event. The sign-in stays valid when queueing fails; a check that
 * is under way already suffices.
 */
export async function queueProbe(ctx: Context, connectionId: string): Promise<void> {
  try {
    const wanted = StartMetadataJobInput.parse({ connectionId, kind: 'probe' });
    await ctx.db.$transaction((tx) => queueMetadataJob(ctx, tx, { ...wanted, awaited: false }));
  } catch (error) {
    if (error instanceof AppError && error.code === 'metadata-job-in-progress') return;
    ctx.log.warn({ err: error, connectionId }, 'checking access could not be queued');
  }
}
