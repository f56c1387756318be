import { AppError } from '#lib/platform/errors.ts';
import type { Context } from '#lib/services/context.ts';
import { queueMetadataJob, StartMetadataJobInput } from './start-metadata-job.ts';

/**
 * Has the access to every dataset checked in the background, after a sign-in, of which it is a part: the audit
 * trail has no line of its own for it. The sign-in holds whether that can be queued or not; one that
 * is under way already will do.
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
