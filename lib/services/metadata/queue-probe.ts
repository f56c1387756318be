import { AppError } from '#lib/platform/errors.ts';
import type { Context } from '../context.ts';
import { startMetadataJob } from './start-metadata-job.ts';

/**
 * Has the access to every dataset checked in the background, after a sign-in. The sign-in holds whether that can be queued or not; one that
 * is under way already will do.
 */
export async function queueProbe(ctx: Context, connectionId: string): Promise<void> {
  try {
    await startMetadataJob({ ctx, input: { connectionId, kind: 'probe' } });
  } catch (error) {
    if (error instanceof AppError && error.code === 'metadata-job-in-progress') return;
    ctx.log.warn({ err: error, connectionId }, 'checking access could not be queued');
  }
}
