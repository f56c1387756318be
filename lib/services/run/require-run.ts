import { NotFoundError } from '#lib/platform/errors.ts';
import { findRun, type RunRow } from '#lib/store/run/runs.ts';
import type { Context } from '../context.ts';

/** @throws NotFoundError */
export async function requireRun(ctx: Pick<Context, 'db'>, id: string): Promise<RunRow> {
  const row = await findRun(ctx.db, id);
  if (row === null) throw new NotFoundError('run');
  return row;
}
