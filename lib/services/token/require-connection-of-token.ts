import { AppError } from '#lib/platform/errors.ts';
import { connectionOfRun, connectionOfTask } from '#lib/store/account/token-connection.ts';
import type { Context } from '../context.ts';

/**
 * For an API token that is limited to one connection: refuses whatever does not name something of that connection. `named` is what a
 * request names, by the names of the inputs of services; every one of `connectionId`, `taskId`, `runId` must be of the connection. What
 * names none of them is refused as well, so a use case that is added later is closed to such tokens until it says what it is about.
 * @throws AppError `token-of-one-connection`, whether or not the thing is there.
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
    remedy: 'Use a token of all connections, or name what belongs to its connection.',
    fixer: 'you',
  });
}
