import type { MetadataJobProgress, MetadataJobResult } from '#lib/domain/metadata/metadata.ts';
import { AppError, toProblem } from '#lib/platform/errors.ts';
import type { SourceContext } from '#lib/services/context.ts';
import { generateWithSamples } from '#lib/services/metadata-job/generate-with-samples.ts';
import { probeConnection } from '#lib/services/metadata-job/probe-connection.ts';
import {
  changeMetadataJob,
  findMetadataJob,
  type MetadataJobRow,
  setMetadataJobProgress,
} from '#lib/store/metadata/metadata-jobs.ts';
import { watchCancel } from './watch-cancel.ts';

export type MetadataJobDeps = Omit<SourceContext, 'actor'>;

/** Runs one metadata job. Ends it also in case of a problem; throws only when the database cannot be reached. */
export async function runMetadataJob(deps: MetadataJobDeps, id: string, lost: AbortSignal): Promise<void> {
  const at = deps.clock.now();
  if (!(await changeMetadataJob(deps.db, id, { from: ['queued', 'running'], to: 'running', at }))) {
    await changeMetadataJob(deps.db, id, { from: ['cancelling'], to: 'cancelled', at });
    return;
  }
  const job = await findMetadataJob(deps.db, id);
  if (job === null) return;
  const isCancelled = async () => (await findMetadataJob(deps.db, id))?.state !== 'running';
  const cancel = watchCancel(deps, { id, isCancelled });
  try {
    const result = await work(deps, job, AbortSignal.any([cancel.signal, lost]));
    await end(deps, id, { to: cancel.signal.aborted ? 'cancelled' : 'done', result });
  } catch (error) {
    if (lost.aborted && !cancel.signal.aborted) return;
    if (!(error instanceof AppError || cancel.signal.aborted)) deps.log.error({ err: error, id }, 'metadata job failed');
    await end(deps, id, cancel.signal.aborted ? { to: 'cancelled' } : { to: 'failed', problem: toProblem(error, id) });
  } finally {
    cancel.stop();
  }
}

function work(deps: MetadataJobDeps, job: MetadataJobRow, signal: AbortSignal): Promise<MetadataJobResult> {
  const ctx: SourceContext = { ...deps, actor: { kind: 'job', jobName: `metadata-${job.kind}` } };
  const { connectionId, input } = job;
  const onProgress = (progress: MetadataJobProgress) => setMetadataJobProgress(deps.db, job.id, progress);
  return job.kind === 'probe'
    ? probeConnection(ctx, { connectionId, datasetIds: input.datasetIds, onProgress, signal })
    : generateWithSamples(ctx, { connectionId, ...input, onProgress, signal });
}

async function end(
  deps: MetadataJobDeps,
  id: string,
  change: Pick<Parameters<typeof changeMetadataJob>[2], 'to' | 'result' | 'problem'>,
): Promise<void> {
  await changeMetadataJob(deps.db, id, { from: ['running', 'cancelling'], at: deps.clock.now(), ...change });
}
