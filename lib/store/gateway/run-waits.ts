import type { Db } from '#lib/platform/postgres/db.ts';

/** How long a run of the task waits for a disconnected gateway, minutes. */
export async function findGatewayWaitMinutes(db: Db, runId: string): Promise<number> {
  const { task } = await db.run.findUniqueOrThrow({
    where: { id: runId },
    select: { task: { select: { gatewayWaitMinutes: true } } },
  });
  return task.gatewayWaitMinutes;
}

/** Stores what the whole run waits for; null when it continues. */
export async function setRunWait(
  db: Db,
  runId: string,
  wait: { readonly name: string; readonly since: Date; readonly until: Date } | null,
): Promise<void> {
  const data = {
    ...{ waitKind: wait === null ? null : 'gateway', waitName: wait?.name ?? null },
    ...{ waitSince: wait?.since ?? null, waitUntil: wait?.until ?? null },
  };
  await db.run.updateMany({ where: { id: runId }, data });
}
