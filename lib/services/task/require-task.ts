import { NotFoundError } from '#lib/platform/errors.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { findTask, type TaskRow } from '#lib/store/run/tasks.ts';

/** @throws NotFoundError */
export async function requireTask(ctx: { readonly db: Db | Tx }, id: string): Promise<TaskRow> {
  const row = await findTask(ctx.db, id);
  if (row === null) throw new NotFoundError('task');
  return row;
}
