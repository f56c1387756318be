import { type RunSeriesDto, toSeriesDto } from '#lib/domain/run/run-series.ts';
import { NotFoundError } from '#lib/platform/errors.ts';
import { findRunSeries } from '#lib/store/run/run-series.ts';
import { findRunHeader } from '#lib/store/run/runs.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { GetRunInput } from './get-run.ts';

/** Rows, requests and 429 answers of a run over time, as far as they were written; complete after its end. @throws NotFoundError */
export async function getRunSeries({ ctx, input }: Call<GetRunInput>): Promise<RunSeriesDto> {
  requireRole(ctx, 'viewer');
  const { runId } = GetRunInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { runId });
  const run = await findRunHeader(ctx.db, runId);
  if (run === null) throw new NotFoundError('run');
  return toSeriesDto({ runId, startedAt: run.startedAt?.toISOString() ?? null }, await findRunSeries(ctx.db, runId));
}
