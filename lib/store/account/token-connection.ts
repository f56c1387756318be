import type { Db } from '#lib/platform/postgres/db.ts';

/** The connection that a task belongs to; null when there is no such task. */
export async function connectionOfTask(db: Db, taskId: string): Promise<string | null> {
  return (await db.task.findUnique({ where: { id: taskId }, select: { connectionId: true } }))?.connectionId ?? null;
}

/** The connection that a run read; null when there is no such run. */
export async function connectionOfRun(db: Db, runId: string): Promise<string | null> {
  const run = await db.run.findUnique({ where: { id: runId }, select: { task: { select: { connectionId: true } } } });
  return run?.task.connectionId ?? null;
}
