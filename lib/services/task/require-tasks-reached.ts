import { formatCounted } from '#lib/domain/format.ts';
import { AppError, ConflictError } from '#lib/platform/errors.ts';
import type { Tx } from '#lib/platform/postgres/db.ts';
import { findConnection } from '#lib/store/connection/connections.ts';
import { listTasksWithTargets } from '#lib/store/run/targets.ts';
import { namesOfTasks } from '../target/used-by.ts';
import { requireReachedTarget } from './require-reached-target.ts';

/**
 * That the targets of a connection's tasks are reached from where the connection is read now.
 * @throws ConflictError `tasks-not-reached` with the tasks whose targets are not
 */
export async function requireTasksReached(tx: Tx, connectionId: string): Promise<void> {
  const connection = await findConnection(tx, connectionId);
  const unreached: { readonly name: string; readonly connectionId: string }[] = [];
  for (const { name, target } of await listTasksWithTargets(tx, connectionId)) {
    const reached = await requireReachedTarget(tx, connectionId, target).then(() => true, isNotReached);
    if (!reached) unreached.push({ name: `${name} (${target.name})`, connectionId });
  }
  if (unreached.length === 0) return;
  const through = connection?.gateway?.name ?? connection?.gatewayGroup?.name ?? 'This server';
  throw new ConflictError({
    code: 'tasks-not-reached',
    title: `${through} does not reach the target of ${formatCounted(unreached.length, 'task')}.`,
    detail: `Tasks, with their targets: ${namesOfTasks(unreached, [])}.`,
    remedy: 'Save anyway, and choose reachable targets in these tasks before their next run. In the API: `"confirm": true`.',
    fixer: 'you',
    field: 'gatewayId',
  });
}

/** False for that refusal. @throws any other error */
function isNotReached(error: unknown): false {
  if (error instanceof AppError && error.code === 'target-not-reached') return false;
  throw error;
}
