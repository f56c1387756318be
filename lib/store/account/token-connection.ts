import type { Db } from '#lib/platform/postgres/db.ts';

/** The connection of a task; null when the task does not exist. */
export async function connectionOfTask(db: Db, taskId: string): Promise<string | null> {
  return (await db.task.findUnique({ where: { id: taskId }, select: { connectionId: true } }))?.connectionId ?? null;
}

/** The connection of a run; null when the run does not exist. */
export async function connectionOfRun(db: Db, runId: string): Promise<string | null> {
  const run = await db.run.findUnique({ where: { id: runId }, select: { task: { select: { connectionId: true } } } });
  return run?.task.connectionId ?? null;
}
