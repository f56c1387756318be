import { NotFoundError } from '#lib/platform/errors.ts';
import type { Db } from '#lib/platform/postgres/db.ts';
import { findRunHeader } from '#lib/store/run/runs.ts';
import { requireConnectionAccess } from '../connection/require-connection-access.ts';
import type { Call, Context } from '../context.ts';
import { requireRole } from '../require-role.ts';
import { GetRunInput } from './get-run.ts';
import { createRunFeed, type RunFeed, type RunUpdate } from './run-feed.ts';

/** Poll interval, milliseconds: at most two events per second; the worker writes at most one per dataset. */
const READ_EVERY_MS = 500;

/** Feeds of the runs that are watched in this process, by run. */
const FEEDS = new WeakMap<Db, Map<string, RunFeed>>();

/**
 * Watches a run: yields all of it first, then the changes, until it has ended or the signal of the returned function aborts.
 * @throws NotFoundError
 */
export async function watchRun({ ctx, input }: Call<GetRunInput>): Promise<(signal: AbortSignal) => AsyncGenerator<RunUpdate>> {
  requireRole(ctx, 'viewer');
  const { runId } = GetRunInput.parse(input);
  await requireConnectionAccess(ctx, 'use', { runId });
  if ((await findRunHeader(ctx.db, runId)) === null) throw new NotFoundError('run');
  return (signal) => feedOf(ctx, runId).watch(signal);
}

function feedOf({ db, runChanges }: Pick<Context, 'db' | 'runChanges'>, runId: string): RunFeed {
  const feeds = FEEDS.get(db) ?? new Map<string, RunFeed>();
  FEEDS.set(db, feeds);
  const known = feeds.get(runId);
  if (known !== undefined) return known;
  const watch = runChanges?.watch([runId]);
  const onIdle = () => {
    watch?.stop();
    if (feeds.get(runId) === feed) feeds.delete(runId);
  };
  const feed = createRunFeed({ db, runId, everyMs: READ_EVERY_MS, watch, onIdle });
  feeds.set(runId, feed);
  return feed;
}
