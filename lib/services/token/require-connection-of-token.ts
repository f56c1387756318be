import { AppError } from '#lib/platform/errors.ts';
import { connectionOfRun, connectionOfTask } from '#lib/store/account/token-connection.ts';
import type { Context } from '../context.ts';

/**
 * For an API token with a single connection: refuses requests that do not name an object of that connection. `named`: the ids in
 * the request, by the input names of services; every `connectionId`, `taskId` and `runId` must belong to the connection. A request without
 * any of them is refused as well, so that new use cases are closed to such tokens by default.
 * @throws AppError `token-of-one-connection`, whether or not the object exists.
 */
export async function requireConnectionOfToken(
  { actor, db }: Pick<Context, 'actor' | 'db'>,
  named: Readonly<Record<string, unknown>>,
): Promise<void> {
  if (actor.kind !== 'apiToken' || actor.connectionId === null) return;
  const { connectionId, taskId, runId } = named;
  const found: (string | null)[] = [];
  if (connectionId !== undefined) found.push(typeof connectionId === 'string' ? connectionId : null);
  if (typeof taskId === 'string') found.push(await connectionOfTask(db, taskId));
  if (typeof runId === 'string') found.push(await connectionOfRun(db, runId));
  if (found.length === 0 || found.some((id) => id !== actor.connectionId)) throw ofOneConnection();
}

function ofOneConnection(): AppError {
  return new AppError({
    code: 'token-of-one-connection',
    title: 'This API token is limited to one connection.',
    remedy: 'Use a token for all connections, or request only data of the connection of this token.',
    fixer: 'you',
  });
}
