import type { Problem } from '#lib/domain/problem.ts';
import type { Clock } from '#lib/platform/clock.ts';
import type { Db, Tx } from '#lib/platform/postgres/db.ts';
import { retryWhileUnreachable } from '#lib/platform/postgres/while-unreachable.ts';
import { setConnectionNeedsReauthentication } from '#lib/store/connection/connections.ts';
import { publishNotification } from '../notification/publish-notification.ts';

/** Records that Entra refused the refresh token of a connection, and notifies once. */
export async function noteSignInNeeded(
  { db, clock }: { readonly db: Db; readonly clock: Clock },
  connection: { readonly id: string; readonly name: string },
  problem: Problem,
): Promise<void> {
  const at = clock.now();
  await retryWhileUnreachable(() => db.$transaction((tx) => note(tx, { connection, problem, at })));
}

interface Refusal {
  readonly connection: { readonly id: string; readonly name: string };
  readonly problem: Problem;
  readonly at: Date;
}

async function note(tx: Tx, { connection, problem, at }: Refusal): Promise<void> {
  if (!(await setConnectionNeedsReauthentication(tx, connection.id, problem))) return;
  await publishNotification(tx, {
    event: 'sign-in-needed',
    key: `sign-in-needed/${connection.id}/${at.toISOString()}`,
    at,
    message: {
      title: `${connection.name} needs re-authentication.`,
      facts: [{ label: 'Microsoft says', value: problem.title }],
      remedy: 'Open the connection, choose Edit and sign in again. Until then its tasks cannot read.',
      path: `/connections/${connection.id}`,
    },
    taskId: null,
    connectionId: connection.id,
  });
}
