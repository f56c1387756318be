import { DbNull } from '@prisma/client/runtime/client';
import { z } from 'zod';
import { TaskTarget } from '#lib/domain/task/task.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { toJson } from '#lib/store/json.ts';
import type { TaskRow } from './tasks.ts';
import { toStoredMethod } from './update-method.ts';

/** Tables that a task landed with earlier settings and that have to be dropped. */
const ToDrop = z.object({ target: TaskTarget, tables: z.array(z.string()) });
export type ToDrop = z.infer<typeof ToDrop>;

/** Null where nothing has to be dropped. */
export function tablesToDropOf({ toDrop }: Pick<TaskRow, 'toDrop'>): ToDrop | null {
  return toDrop === null ? null : ToDrop.parse(toDrop);
}

export interface TaskChange {
  readonly name: string;
  readonly target: TaskTarget;
  readonly namespace: string;
  readonly datasetIds: readonly string[];
  readonly gatewayWaitMinutes: number;
  /** Null: landed rows stay. */
  readonly recreate: { readonly at: Date; readonly toDrop: ToDrop } | null;
}

/** The task must be locked. A name that exists already is a unique violation. */
export async function updateTaskRow(tx: Tx, id: string, change: TaskChange): Promise<void> {
  const { name, target, namespace, datasetIds, gatewayWaitMinutes, recreate } = change;
  await tx.task.update({
    where: { id },
    data: {
      ...{ name, namespace, targetId: target.targetId, method: toStoredMethod(target.method), settings: toJson(target.settings) },
      gatewayWaitMinutes,
      ...(recreate === null ? {} : { recreatedAt: recreate.at, toDrop: toJson(recreate.toDrop) }),
      version: { increment: 1 },
    },
    select: { id: true },
  });
  await tx.taskDataset.deleteMany({ where: { taskId: id } });
  await tx.taskDataset.createMany({ data: datasetIds.map((datasetId, position) => ({ taskId: id, datasetId, position })) });
}

/** Records that the tables were dropped. */
export async function setDropped(db: Db, id: string): Promise<void> {
  await db.task.update({ where: { id }, data: { toDrop: DbNull }, select: { id: true } });
}

/** The task must be locked. */
export async function setTaskPaused(tx: Tx, id: string, at: Date | null): Promise<void> {
  await tx.task.update({ where: { id }, data: { pausedAt: at }, select: { id: true } });
}

/** Names of tasks that start with `prefix`. */
export async function taskNamesLike(tx: Tx, prefix: string): Promise<ReadonlySet<string>> {
  const rows = await tx.task.findMany({ where: { name: { startsWith: prefix } }, select: { name: true } });
  return new Set(rows.map(({ name }) => name));
}
